"""Unsharp."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from image_worker.operations.filter import Filter
from image_worker.picture import has_alpha, in_memory, on_premultiplied
from image_worker.pixels.convolution import gaussian, gaussian_seconds

if TYPE_CHECKING:
    import pyvips

    from image_worker.fields import Size


class Unsharp(Filter):
    """Sharpen by what a blurred copy lacks: the unsharp mask, with the words of Pillow."""

    name = "unsharp"
    examples = ({"radius": 3, "percent": 200},)

    radius: Annotated[float, Field(ge=0.3, le=250)] = 2
    """Standard deviation of the blur in pixels, 0.3 to 250."""

    percent: Annotated[float, Field(ge=0, le=1000)] = 150
    """How much of the difference is added, 0 to 1000 percent."""

    threshold: Annotated[int, Field(ge=0, le=255)] = 3
    """The difference in levels up to which nothing is changed, 0 to 255."""

    def cost(self, size: Size) -> float:
        """Return what the Gaussian and the difference take."""
        return super().cost(size) + gaussian_seconds(self.radius) * size.megapixels

    def blur_sigma(self, size: Size) -> float:
        """Return the radius, which is a sigma."""
        del size
        return self.radius

    def apply(self, image: pyvips.Image) -> pyvips.Image:
        """Sharpen the colours; transparency stays, and what it hides has no part in the blur."""
        image = in_memory(image)
        blurred = on_premultiplied(image, lambda part: gaussian(part, self.radius))
        blurred = blurred.rint().cast("uchar")
        if not has_alpha(image):
            return self._sharpened(image, blurred)
        last = image.bands - 1
        return self._sharpened(image[:last], blurred[:last]).bandjoin(image[last])

    def _sharpened(self, colour: pyvips.Image, blurred: pyvips.Image) -> pyvips.Image:
        """Add the difference, in whole levels towards zero, as Pillow does."""
        lacking = colour - blurred
        added = (lacking * (self.percent / 100)).cast("short")
        sharper = (colour + added).cast("uchar")
        chosen = (lacking.abs() > self.threshold).ifthenelse(sharper, colour)
        return chosen.copy(interpretation=colour.interpretation)
