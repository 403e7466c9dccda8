"""Edges."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Literal

import pyvips
from pydantic import Field

from image_worker.operations.filter import Filter
from image_worker.picture import luma, on_colour
from image_worker.pixels.convolution import gaussian, gaussian_seconds

if TYPE_CHECKING:
    from image_worker.fields import Size

_CANNY_SIGMA = 1.4
_NO_BLUR = 0.01
_ADDED = 0.5
_SIDES = {"sobel": (1, 2), "scharr": (3, 10)}
"""Weights of the outer lines and of the middle one."""


class Edges(Filter):
    """Draw the edges of the picture, bright on black.

    An edge is as bright as its step is high: one from black to white is white.
    """

    name = "edges"
    examples = ({"method": "sobel"},)

    method: Literal["sobel", "scharr", "canny"] = "sobel"
    """`sobel` and `scharr` show how steep each place is, `canny` thins that to lines."""

    sigma: Annotated[float, Field(ge=0.3, le=10)] | None = None
    """Blur before, in pixels, 0.3 to 10, so that fine grain gives no edges. Default: 1.4 for
    `canny`, none for the others."""

    def cost(self, size: Size) -> float:
        """Return more for a blur, and for lines."""
        sigma = self.sigma or (_CANNY_SIGMA if self.method == "canny" else 0)
        seconds = super().cost(size) + (gaussian_seconds(sigma) if sigma else 0) * size.megapixels
        return seconds * (2 if self.method == "canny" else 1)

    def apply(self, image: pyvips.Image) -> pyvips.Image:
        """Find the edges of the luma; transparency stays."""
        return on_colour(image, self._edges)

    def _edges(self, colour: pyvips.Image) -> pyvips.Image:
        grey = luma(colour)
        if self.method == "canny":
            found = _lines(grey, self.sigma or _CANNY_SIGMA)
        else:
            found = _steep(gaussian(grey, self.sigma) if self.sigma else grey, self.method)
        return found.rint().cast("uchar").copy(interpretation="b-w")


def _steep(grey: pyvips.Image, method: str) -> pyvips.Image:
    """Return the length of the gradient, such that a step between two pixels is its height."""
    outer, middle = _SIDES[method]
    whole = 2 * outer + middle
    lines = [[-outer, 0, outer], [-middle, 0, middle], [-outer, 0, outer]]
    across = pyvips.Image.new_from_array(lines, scale=whole)
    x, y = (grey.conv(mask, precision="float") for mask in (across, across.rot90()))
    return (x * x + y * y) ** 0.5


def _lines(grey: pyvips.Image, sigma: float) -> pyvips.Image:
    """Return the crests of the gradient, in heights of a step that was blurred by `sigma`."""
    # libvips returns the square of the gradient, summed over two lines, by 512 and with 0.5 added.
    # Its own blur is cut off early, so it gets a picture that is blurred already.
    crests = gaussian(grey, sigma).canny(sigma=_NO_BLUR, precision="float")
    squares = (crests > _ADDED).ifthenelse(crests - _ADDED, 0) * (512 / 4)
    return squares**0.5 * (sigma * math.sqrt(2 * math.pi))
