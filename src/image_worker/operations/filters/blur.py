"""Blur."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from image_worker.operations.filters.kernel import KernelFilter
from image_worker.picture import on_premultiplied
from image_worker.pixels.convolution import Kernel, gaussian, gaussian_seconds

if TYPE_CHECKING:
    import pyvips

    from image_worker.fields import Size


class Blur(KernelFilter):
    """Blur: by a Gaussian of any width, or lightly with a ring of 5x5 pixels."""

    name = "blur"
    examples = ({"sigma": 6},)
    kernel = Kernel(
        [[1, 1, 1, 1, 1], [1, 0, 0, 0, 1], [1, 0, 0, 0, 1], [1, 0, 0, 0, 1], [1, 1, 1, 1, 1]], 16
    )
    mixes = True

    sigma: Annotated[float, Field(ge=0.3, le=250)] | None = None
    """Standard deviation of the Gaussian in pixels, 0.3 to 250. Default: the ring instead."""

    def cost(self, size: Size) -> float:
        """Return what the Gaussian takes."""
        if self.sigma is None:
            return super().cost(size)
        return gaussian_seconds(self.sigma) * size.megapixels

    def blur_sigma(self, size: Size) -> float:
        """Return the sigma."""
        del size
        return self.sigma or 0.0

    def apply(self, image: pyvips.Image) -> pyvips.Image:
        """Blur colours and transparency alike."""
        sigma = self.sigma
        if sigma is None:
            return super().apply(image)
        blurred = on_premultiplied(image, lambda part: gaussian(part, sigma))
        return blurred.rint().cast("uchar").copy(interpretation=image.interpretation)
