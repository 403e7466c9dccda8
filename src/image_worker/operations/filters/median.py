"""Median."""

from __future__ import annotations

from typing import TYPE_CHECKING

from image_worker.operations.filter import Filter
from image_worker.operations.filters.rank import OddSize, ranked
from image_worker.picture import on_colour

if TYPE_CHECKING:
    import pyvips


class Median(Filter):
    """Replace each level by the middle one of its neighbourhood, which removes specks."""

    name = "median"
    seconds_per_megapixel = 0.4
    examples = ({"size": 9},)

    size: OddSize = 3
    """Side of the neighbourhood in pixels, odd, 3 to 31."""

    def apply(self, image: pyvips.Image) -> pyvips.Image:
        """Choose among the levels of each band of colour; transparency stays."""
        middle = self.size**2 // 2
        return on_colour(image, lambda colour: ranked(colour, self.size, self.size, middle))
