"""Erode."""

from __future__ import annotations

from typing import TYPE_CHECKING

from image_worker.operations.filter import Filter
from image_worker.operations.filters.rank import SECONDS_PER_MEGAPIXEL, OddSize, extreme
from image_worker.picture import on_premultiplied

if TYPE_CHECKING:
    import pyvips

    from image_worker.fields import Size


class Erode(Filter):
    """Grow what is dark: each level becomes the smallest of its neighbourhood."""

    name = "erode"
    examples = ({"size": 9},)

    size: OddSize = 3
    """Side of the neighbourhood in pixels, odd, 3 to 31."""

    def cost(self, size: Size) -> float:
        """Return more for a larger neighbourhood."""
        return SECONDS_PER_MEGAPIXEL * self.size * size.megapixels

    def apply(self, image: pyvips.Image) -> pyvips.Image:
        """Shrink what is bright and what is opaque."""
        return on_premultiplied(image, lambda part: extreme(part, self.size, largest=False))
