"""Pixelate."""

from __future__ import annotations

import pyvips

from image_worker.fields import Length, Size, rounded
from image_worker.operations.filter import Filter
from image_worker.picture import in_memory, on_premultiplied


class Pixelate(Filter):
    """Replace the picture by large square cells, each of its mean colour.

    The first cell stands in the upper left corner; those at the other edges may be narrower.
    """

    name = "pixelate"
    examples = ({"size": "4%"},)

    size: Length = 16
    """Side of a cell in pixels, or a share of the shorter side of the picture such as `"5%"`."""

    def apply(self, image: pyvips.Image) -> pyvips.Image:
        """Average colours and transparency by cells."""
        size = Size(image.width, image.height)
        side = min(rounded(self.size, min(size), size), max(size))
        if side == 1:
            return image
        pixelated = on_premultiplied(image, lambda part: _pixelated(part, side))
        return pixelated.copy(interpretation=image.interpretation)


def _pixelated(image: pyvips.Image, side: int) -> pyvips.Image:
    # In memory, since every row of cells is shown many times.
    means = in_memory(_sums(image, side) / _sums(pyvips.Image.black(*_size(image)) + 1, side))
    if image.format == "uchar":
        means = means.rint().cast("uchar")
    return means.zoom(side, side).crop(0, 0, *_size(image))


def _sums(image: pyvips.Image, side: int) -> pyvips.Image:
    """Return the sum of each cell by its area; nothing is added where it reaches outside."""
    across, down = (-(-whole // side) * side for whole in _size(image))
    return image.cast("float").embed(0, 0, across, down).shrink(side, side)


def _size(image: pyvips.Image) -> Size:
    return Size(image.width, image.height)
