"""Convolution with small kernels, pixel for pixel as Pillow does it.

The kernels are the constants of Pillow's `ImageFilter`.
"""

from __future__ import annotations

from typing import ClassVar, NamedTuple

import pyvips

from image_worker.operations.filter import Filter
from image_worker.picture import on_colour, on_premultiplied


class Kernel(NamedTuple):
    """Weights by row, what their sum is divided by, and what is added at the end."""

    rows: list[list[int]]
    scale: int = 1
    offset: int = 0
    exact: bool = False
    """Compute in floating point; libvips' integers would be off by 1 for some scales."""


def convolve(image: pyvips.Image, kernel: Kernel) -> pyvips.Image:
    """Return the weighted sums; pixels too near to the border for the kernel stay as they are."""
    edge, reach = len(kernel.rows) // 2, len(kernel.rows) - 1
    if image.width <= reach or image.height <= reach:
        return image
    mask = pyvips.Image.new_from_array(kernel.rows, scale=kernel.scale, offset=kernel.offset)
    if kernel.exact or image.format != "uchar":
        summed = image.conv(mask, precision="float").rint().cast("uchar")
    else:
        summed = image.conv(mask, precision="integer")
    inner = summed.crop(edge, edge, image.width - reach, image.height - reach)
    return image.insert(inner, edge, edge)


class KernelFilter(Filter):
    """A filter that is one convolution."""

    kernel: ClassVar[Kernel]
    mixes: ClassVar[bool] = False
    """Whether transparency is mixed with the neighbours too."""

    def apply(self, image: pyvips.Image) -> pyvips.Image:
        """Convolve every band of colour, or all bands of a filter that mixes."""
        around = on_premultiplied if self.mixes else on_colour
        return around(image, lambda part: convolve(part, self.kernel))
