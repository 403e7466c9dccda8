"""Normalize."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Self

from pydantic import Field, model_validator

from image_worker.operations.filter import Filter
from image_worker.picture import in_memory, on_colour
from image_worker.pixels.tones import ends, luma_counts, mapped, stretched

if TYPE_CHECKING:
    from image_worker.picture import Picture

Percent = Annotated[float, Field(ge=0, le=100)]


class Normalize(Filter):
    """Stretch the contrast so that the picture reaches from black to white.

    All channels are stretched alike, by the luma of all frames. A picture of one luma stays.
    """

    name = "normalize"

    low: Percent = 1
    """Percentage of the pixels that may become black, 0 to 100."""

    high: Percent = 99
    """Percentage of the pixels from which on they may become white, above `low`, up to 100."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.low < self.high:
            return self
        raise ValueError(f"expected low < high, got low {self.low:g} and high {self.high:g}")

    def run(self, picture: Picture) -> Picture:
        """Stretch the colours; transparency stays."""
        picture = picture.each(in_memory)
        levels = stretched(*ends(luma_counts(picture), self.low, self.high))
        return picture.each(lambda image: on_colour(image, lambda part: mapped(part, [levels])))
