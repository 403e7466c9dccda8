"""Edges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from image_worker.convolution import gaussian
from image_worker.operations.filter import Filter
from image_worker.picture import luma, on_colour

if TYPE_CHECKING:
    import pyvips

_CANNY_SIGMA = 1.4


class Edges(Filter):
    """Draw the edges of the picture, white on black."""

    name = "edges"

    method: Literal["sobel", "scharr", "canny"] = "sobel"
    """`sobel` and `scharr` show how steep each place is, `canny` thins that to lines."""

    sigma: Annotated[float, Field(ge=0.3, le=10)] | None = None
    """Blur before, in pixels, 0.3 to 10, so that fine grain gives no edges. Default: 1.4 for
    `canny`, none for the others."""

    def apply(self, image: pyvips.Image) -> pyvips.Image:
        """Find the edges of the luma; transparency stays."""
        return on_colour(image, self._edges)

    def _edges(self, colour: pyvips.Image) -> pyvips.Image:
        grey = luma(colour)
        if self.method == "canny":
            found = grey.canny(sigma=self.sigma or _CANNY_SIGMA, precision="float")
        else:
            if self.sigma is not None:
                grey = gaussian(grey, self.sigma).rint().cast("uchar")
            found = grey.sobel() if self.method == "sobel" else grey.scharr()
        return found.rint().cast("uchar").copy(interpretation="b-w")
