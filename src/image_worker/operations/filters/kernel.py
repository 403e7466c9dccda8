"""Filters that are one convolution, pixel for pixel as Pillow does it.

The kernels are the constants of Pillow's `ImageFilter`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from image_worker.operations.filter import Filter
from image_worker.picture import on_colour, on_premultiplied
from image_worker.pixels.convolution import Kernel, convolve, ready

if TYPE_CHECKING:
    import pyvips

__all__ = ["Kernel", "KernelFilter"]


class KernelFilter(Filter):
    """A filter that is one convolution."""

    kernel: ClassVar[Kernel]
    mixes: ClassVar[bool] = False
    """Whether transparency is mixed with the neighbours too."""

    def apply(self, image: pyvips.Image) -> pyvips.Image:
        """Convolve every band of colour, or all bands of a filter that mixes."""
        around = on_premultiplied if self.mixes else on_colour
        return around(ready(image), lambda part: convolve(part, self.kernel))
