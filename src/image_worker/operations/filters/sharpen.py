"""Sharpen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from image_worker.operations.filters.kernel import KernelFilter
from image_worker.picture import on_colour
from image_worker.pixels.convolution import Kernel

if TYPE_CHECKING:
    import pyvips

    from image_worker.fields import Size

_LIGHTNESS, _SIGMA = 0.15, 0.03
"""CPU seconds a megapixel for the CIE lightness, and for each pixel of sigma, by estimate."""

Slope = Annotated[float, Field(ge=0, le=100)]


class Sharpen(KernelFilter):
    """Sharpen: the lightness alone where a parameter is given, else with a kernel of 3x3 pixels."""

    name = "sharpen"
    seconds_per_megapixel = 0.05
    examples = ({"sigma": 1.5, "jagged": 4},)
    kernel = Kernel([[-2, -2, -2], [-2, 32, -2], [-2, -2, -2]], 16)

    sigma: Annotated[float, Field(ge=0.1, le=10)] | None = None
    """How wide the detail is that gains, in pixels, 0.1 to 10. Default: 0.5 if another parameter
    is given."""

    flat: Slope | None = None
    """How much is gained where there is little contrast, 0 to 100. Default: 1 if another parameter
    is given."""

    jagged: Slope | None = None
    """How much is gained where there is much contrast, 0 to 100. Default: 2 if another parameter
    is given."""

    def cost(self, size: Size) -> float:
        """Return more where the lightness is sharpened, and for wide detail."""
        if self._by_kernel:
            return super().cost(size)
        return (_LIGHTNESS + _SIGMA * (self.sigma or 0)) * size.megapixels

    @property
    def _by_kernel(self) -> bool:
        return self.sigma is self.flat is self.jagged is None

    def apply(self, image: pyvips.Image) -> pyvips.Image:
        """Sharpen the colours; transparency stays."""
        if self._by_kernel:
            return super().apply(image)
        return on_colour(image, self._sharpened)

    def _sharpened(self, colour: pyvips.Image) -> pyvips.Image:
        # In the CIE lightness, by libvips.
        return colour.sharpen(
            sigma=0.5 if self.sigma is None else self.sigma,
            m1=1 if self.flat is None else self.flat,
            m2=2 if self.jagged is None else self.jagged,
        ).copy(interpretation=colour.interpretation)
