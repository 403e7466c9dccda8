"""Posterize."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from image_worker.operations.filter import Filter
from image_worker.picture import on_colour
from image_worker.pixels.tones import TOP, mapped

if TYPE_CHECKING:
    import pyvips


class Posterize(Filter):
    """Leave only a few levels in each channel, evenly spread from black to white."""

    name = "posterize"
    examples = ({"levels": 4},)

    levels: Annotated[int, Field(ge=2, le=64)] = 4
    """How many levels are left, 2 to 64."""

    def apply(self, image: pyvips.Image) -> pyvips.Image:
        """Round the colours; transparency stays."""
        last = self.levels - 1
        steps = [step * self.levels // (TOP + 1) for step in range(TOP + 1)]
        levels = bytes((step * TOP * 2 + last) // (last * 2) for step in steps)
        return on_colour(image, lambda colour: mapped(colour, [levels]))
