"""BlurHash."""

from __future__ import annotations

import math
from array import array
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from image_worker.analysis.base import Analyzer, Subject, resized, upon_white
from image_worker.analysis.cosines import frequencies
from image_worker.fields import Size
from image_worker.picture import coloured

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_SIDE = 32
_BANDS = 3
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~"
_STEPS = 166
"""The largest wave is stored in steps of 1/166, as a number from 0 to 82."""
_LARGEST = 82
_MIDDLE = 9
"""Every wave is stored as a number from 0 to 18; 9 is none."""

Components = Annotated[int, Field(ge=1, le=9)]


class Blurhash(Analyzer):
    """BlurHash: some 30 characters that a page turns into a blurred preview (https://blurha.sh).

    The format is Wolt's. Computed from a copy of 32 x 32 pixels, averaged in linear light, at the
    middle of each pixel rather than its corner: so it is what the reference makes of the whole
    picture. BlurHash knows no transparency: transparent pixels are white.
    """

    name = "blurhash"

    x: Components = 4
    """Components across, 1 to 9; more show more and make the text longer."""

    y: Components = 3
    """Components down, 1 to 9."""

    def measure(self, subject: Subject) -> str:
        """Return the text."""
        size = Size(_SIDE, _SIDE)
        linear = coloured(upon_white(subject.image)).colourspace("scrgb").cast("float")
        light = array("f", bytes(resized(linear, size, "linear").write_to_memory()))
        bands = [light[band::_BANDS].tolist() for band in range(_BANDS)]
        return blurhash(bands, _SIDE, self.x, self.y)


def blurhash(bands: Sequence[Sequence[float]], width: int, across: int, down: int) -> str:
    """Return the BlurHash of red, green and blue in linear light, 0 to 1."""
    channels = [_waves(band, width, across, down) for band in bands]
    mean, *waves = zip(*channels, strict=True)
    largest = max((abs(part) for wave in waves for part in wave), default=0.0)
    step = min(_LARGEST, max(0, math.floor(largest * _STEPS - 0.5)))
    scale = (step + 1) / _STEPS
    stored = (_joined([_quantised(part / scale) for part in wave], 19) for wave in waves)
    return "".join(
        (
            _base83(across - 1 + (down - 1) * 9, 1),
            _base83(step, 1),
            _base83(_joined([_srgb(part) for part in mean], 256), 4),
            *(_base83(number, 2) for number in stored),
        )
    )


def _waves(band: Sequence[float], width: int, across: int, down: int) -> list[float]:
    """Return the mean, then the size of each wave."""
    terms = [term for line in frequencies(band, width, across, down) for term in line]
    mean, *waves = (term / len(band) for term in terms)
    return [mean, *(2 * wave for wave in waves)]


def _quantised(part: float) -> int:
    root = math.copysign(math.sqrt(abs(part)), part)
    return min(2 * _MIDDLE, max(0, math.floor(root * _MIDDLE + _MIDDLE + 0.5)))


def _srgb(light: float) -> int:
    """Return the sRGB level of linear light, 0 to 1 (IEC 61966-2-1)."""
    light = min(1.0, max(0.0, light))
    part = light * 12.92 if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055  # noqa: PLR2004
    return int(part * 255 + 0.5)


def _joined(digits: Iterable[int], base: int) -> int:
    number = 0
    for digit in digits:
        number = number * base + digit
    return number


def _base83(number: int, length: int) -> str:
    places = (len(_DIGITS) ** place for place in reversed(range(length)))
    return "".join(_DIGITS[number // place % len(_DIGITS)] for place in places)
