"""Blur."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from image_worker.operations.filters.kernel import KernelFilter
from image_worker.picture import on_premultiplied
from image_worker.pixels.convolution import Kernel, gaussian

if TYPE_CHECKING:
    import pyvips


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

    def apply(self, image: pyvips.Image) -> pyvips.Image:
        """Blur colours and transparency alike."""
        sigma = self.sigma
        if sigma is None:
            return super().apply(image)
        blurred = on_premultiplied(image, lambda part: gaussian(part, sigma))
        return blurred.rint().cast("uchar").copy(interpretation=image.interpretation)
