"""What is done to an overlay before it is laid upon the picture."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Annotated

import pyvips
from pydantic import Field

from image_worker.color import Color, rgba
from image_worker.component import Model
from image_worker.errors import InvalidParameterError
from image_worker.fields import Box, Distance, Place, Size, pixels
from image_worker.picture import in_memory, on_premultiplied
from image_worker.pixels.compositing import Layer, composited
from image_worker.pixels.convolution import gaussian, gaussian_seconds
from image_worker.pixels.painting import solid

_RIGHT_ANGLE = 90
_LARGEST_SIGMA = 250
_PAINTING = 0.1
"""CPU seconds a megapixel for a shadow without its blur, by estimate."""
_REACH = 3
"""Sigmas that a blur reaches."""


class Tile(Model):
    """How an overlay repeats."""

    gap: Distance = 0
    """Room between the copies: pixels, or a share of the picture."""

    stagger: Distance = 0
    """How far every second row is moved: pixels, or a share of the way from copy to copy."""

    def laid(self, layer: Layer, size: Size, area: Box) -> Layer:
        """Return copies of the layer that cover the area of a picture of that size."""
        across, down = (
            side + round(pixels(self.gap, whole, size))
            for side, whole in zip(layer.size, size, strict=True)
        )
        shift = round(pixels(self.stagger, across, size)) % across
        cell = in_memory(layer.image.embed(0, 0, across, down))
        if shift:
            cell = cell.join(cell.wrap(x=shift, y=0), "vertical")
        left = (layer.left - area.left) % cell.width - cell.width
        top = (layer.top - area.top) % cell.height - cell.height
        columns = math.ceil((area.size.width - left) / cell.width)
        rows = math.ceil((area.size.height - top) / cell.height)
        whole = cell.replicate(columns, rows).crop(-left, -top, *area.size)
        return Layer(whole, area.left, area.top)


class Shadow(Model):
    """A shadow, like that of CSS's `drop-shadow`."""

    x: Place = 0
    """How far it falls to the right: pixels, or a share of the picture."""

    y: Place = "0.5vmin"
    """How far it falls downwards."""

    blur: Distance = "1vmin"
    """How soft it is: twice the sigma, as in CSS."""

    color: Color = "black"
    """Its colour."""

    opacity: Annotated[float, Field(ge=0, le=1)] = 0.5
    """How dense it is: 0 is nothing."""

    def sigma(self, size: Size) -> float:
        """Return the sigma of the blur in pixels."""
        sigma = pixels(self.blur, min(size), size) / 2
        if sigma > _LARGEST_SIGMA:
            raise InvalidParameterError(
                f"expected a blur of at most {2 * _LARGEST_SIGMA} pixels, got {2 * sigma:g}"
            )
        return sigma

    def cost(self, size: Size) -> float:
        """Return the CPU seconds that it takes for a picture of that size, by estimate."""
        return (_PAINTING + gaussian_seconds(self.sigma(size))) * size.megapixels

    def offset(self, size: Size) -> tuple[int, int]:
        """Return how far it falls in whole pixels."""
        return round(pixels(self.x, size.width, size)), round(pixels(self.y, size.height, size))

    def reach(self, size: Size) -> int:
        """Return how far it reaches out of what throws it."""
        return math.ceil(_REACH * self.sigma(size)) + max(map(abs, self.offset(size)))

    def thrown(self, layer: Layer, size: Size) -> Layer:
        """Return the layer with the shadow behind it."""
        layer = layer.padded(self.reach(size))
        layer = replace(layer, image=in_memory(layer.image))
        alpha = layer.image[layer.image.bands - 1].embed(*self.offset(size), *layer.size)
        sigma = self.sigma(size)
        if sigma >= 0.3:  # noqa: PLR2004 - less is no blur
            alpha = gaussian(alpha, sigma)
        color = rgba(self.color)
        density = (alpha * (self.opacity * color.alpha / 255)).rint().cast("uchar")
        paint = solid(layer.size, color[:3])
        shadow = paint[: paint.bands - 1].bandjoin(density)
        shadow = shadow.copy(interpretation=paint.interpretation)
        return replace(layer, image=composited(shadow, Layer(layer.image)))


def faded(image: pyvips.Image, opacity: float) -> pyvips.Image:
    """Return the image with its transparency multiplied."""
    if opacity == 1:
        return image
    alpha = (image[image.bands - 1] * opacity).rint().cast("uchar")
    return image[: image.bands - 1].bandjoin(alpha)


def rotated(image: pyvips.Image, angle: float) -> pyvips.Image:
    """Return the image turned clockwise, as large as that takes."""
    turns, rest = divmod(angle % 360, _RIGHT_ANGLE)
    if not rest:
        return in_memory(image).rot(f"d{int(turns) * _RIGHT_ANGLE}") if turns else image
    edged = in_memory(image.embed(1, 1, image.width + 2, image.height + 2))
    return on_premultiplied(
        edged, lambda part: part.rotate(angle, interpolate=pyvips.Interpolate.new("bicubic"))
    )
