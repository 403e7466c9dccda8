"""BlurHash."""

from __future__ import annotations

from array import array
from typing import Annotated

from pydantic import Field

from image_worker.analysis.base import Analyzer, Subject, upon_white
from image_worker.picture import coloured

_LONGEST = 32
_BANDS = 3

Components = Annotated[int, Field(ge=1, le=9)]


class Blurhash(Analyzer):
    """BlurHash: some 30 characters that a page turns into a blurred preview (https://blurha.sh).

    Computed in linear light from a copy whose longer side has 32 pixels. It knows no
    transparency: transparent pixels are white.
    """

    name = "blurhash"

    x: Components = 4
    """Components across, 1 to 9; more show more and make the text longer."""

    y: Components = 3
    """Components down, 1 to 9."""

    def measure(self, subject: Subject) -> str:
        """Return the text."""
        from blurhash import encode  # noqa: PLC0415 - few jobs ask for it

        small = coloured(upon_white(subject.thumbnail(subject.fitted(_LONGEST))))
        light = array("f", bytes(small.colourspace("scrgb").cast("float").write_to_memory()))
        pixels = [light[at : at + _BANDS].tolist() for at in range(0, len(light), _BANDS)]
        width = small.width
        rows = [pixels[top : top + width] for top in range(0, len(pixels), width)]
        return str(encode(rows, self.x, self.y, linear=True))
