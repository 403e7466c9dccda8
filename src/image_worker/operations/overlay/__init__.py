"""Overlay."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import Field, model_validator

from image_worker.color import Color
from image_worker.fields import Box, Length, Place, Size, pixels, rounded
from image_worker.operations.base import Effect
from image_worker.operations.overlay.look import Shadow, Tile, faded, rotated
from image_worker.operations.overlay.text import Text
from image_worker.picture import in_memory, with_alpha
from image_worker.pixels.compositing import Blend, Layer, composited
from image_worker.pixels.fitting import Fit, fitted, sized
from image_worker.pixels.painting import LinearGradient, solid
from image_worker.selectors.gravity import Gravity, window
from image_worker.sources.base import AnySource

if TYPE_CHECKING:
    import pyvips

    from image_worker.picture import Inputs, Picture

_CONTENTS = ("image", "text", "svg", "color", "gradient")
_LARGEST_DRAWING = 4096
"""Pixels of the longer side to which an SVG is drawn; beyond it is enlarged."""
_MIXING = 0.15
"""CPU seconds a megapixel for the modes that libvips does not have as they are meant."""


class Overlay(Effect):
    """Lay a picture, text, an SVG, a colour or a gradient upon the picture.

    Exactly one of `image`, `text`, `svg`, `color` and `gradient` says what. Whatever reaches out
    of the picture is cut off. An animation gets the same overlay on every frame.
    """

    name = "overlay"
    keeps_content = False
    seconds_per_megapixel = 0.12
    examples = (
        {
            "text": {"content": "Good evening", "size": "14%", "color": "white"},
            "gravity": "top",
            "y": "12%",
            "shadow": {"blur": 6, "y": 3, "color": "black", "opacity": 0.6},
        },
        {
            "image": {"url": "https://example.com/badge.png"},
            "width": "22%",
            "gravity": "bottom-right",
            "x": 16,
            "y": 16,
            "opacity": 0.9,
        },
        {"gradient": {"direction": "down", "stops": [[0.4, "transparent"], [1, "#1c1033"]]}},
    )

    image: AnySource | None = None
    """A picture."""

    text: Text | None = None
    """Text."""

    svg: Annotated[str, Field(max_length=1_000_000)] | None = None
    """An SVG, as text; only where the worker's setting `svg` is on."""

    color: Color | None = None
    """A plain colour, as large as the picture unless `width` or `height` say otherwise."""

    gradient: LinearGradient | None = None
    """A gradient, as large as the picture unless `width` or `height` say otherwise."""

    gravity: Gravity | None = None
    """Where it lies. Default: `bottom-right` for pictures, SVG and text, else `center`."""

    x: Place = 0
    """How far it is moved inward from the right or left edge that `gravity` names; to the right
    where it names neither. Pixels, or a share of the picture."""

    y: Place = 0
    """How far it is moved inward from the lower or upper edge; downwards where `gravity` names
    neither."""

    width: Length | None = None
    """Width: pixels, or a share of the picture below. Not for text, which has `size`."""

    height: Length | None = None
    """Height: pixels, or a share of the picture below. Not for text, which has `size`."""

    fit: Fit = "inside"
    """How a picture or an SVG takes a `width` and `height` of other proportions: stay `inside` of
    it, be `contain`ed in its middle, `cover` it and be cropped, `fill` it, or reach `outside`."""

    rotate: Annotated[float, Field(ge=-360, le=360)] = 0
    """Degrees clockwise."""

    opacity: Annotated[float, Field(ge=0, le=1)] = 1
    """0 is nothing to be seen, 1 is as it came."""

    blend: Blend = "over"
    """How its colours are put together with those below. `dest-over` lays it under the picture;
    `dest-in` keeps of the picture what is under it, `dest-out` what is not."""

    tile: bool | Tile = False
    """Whether it repeats over the whole picture, and how: `{"gap": "5%", "stagger": "50%"}`."""

    shadow: Shadow | None = None
    """A shadow behind it. Default: none."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        given = [name for name in _CONTENTS if getattr(self, name) is not None]
        if len(given) != 1:
            wanted = '"image", "text", "svg", "color" and "gradient"'
            raise ValueError(f"expected exactly one of {wanted}, got {', '.join(given) or 'none'}")
        if self.text is not None and (self.width is not None or self.height is not None):
            raise ValueError('expected no "width" and "height" with "text", which has "size"')
        return self

    def run(self, picture: Picture) -> Picture:
        """Make the overlay once, and lay it upon every frame."""
        image = self._content(picture.inputs, picture.size)
        if image is None:
            return picture
        image = faded(rotated(image, self.rotate), self.opacity)
        picture, layer = self._placed(picture, image)
        visible = self._dressed(layer, picture.size)
        if visible is None and self.blend != "dest-in":
            return picture
        layer = visible or layer
        return picture.each(lambda frame: composited(frame, layer, self.blend))

    def cost(self, size: Size) -> float:
        """Return more for what is mixed in several steps, for shadows and for much text."""
        seconds = super().cost(size)
        if self.blend not in {"over", "dest-over", "dest-in", "dest-out", "add"}:
            seconds += _MIXING * size.megapixels
        if self.shadow is not None:
            seconds += self.shadow.cost(size)
        if self.text is not None:
            seconds += self.text.cost(size)
        return seconds

    def blur_sigma(self, size: Size) -> float:
        """Return the sigma of the shadow."""
        return 0.0 if self.shadow is None else self.shadow.sigma(size)

    def _content(self, inputs: Inputs, size: Size) -> pyvips.Image | None:
        """Return what is laid upon the picture, with transparency."""
        if self.text is not None:
            return self.text.drawn(size)
        if self.image is not None:
            image = with_alpha(inputs.picture(self.image).image)
            return fitted(image, *self._box(size), self.fit)
        if self.svg is not None:
            return self._drawing(self.svg, inputs, size)
        width, height = self._box(size)
        area = Size(width or size.width, height or size.height)
        if self.gradient is not None:
            return self.gradient.drawn(area)
        return solid(area, self.color or "transparent")

    def _drawing(self, svg: str, inputs: Inputs, size: Size) -> pyvips.Image:
        """Return the SVG, drawn at the size that it will have."""
        natural = inputs.svg(svg).size
        box = self._box(size)
        wanted = sized(natural, *box, self.fit)
        scale = max(side / whole for side, whole in zip(wanted, natural, strict=True))
        scale = min(scale, max(1.0, _LARGEST_DRAWING / max(natural)))
        image = in_memory(with_alpha(inputs.svg(svg, scale).image))
        return fitted(image, *box, self.fit) if any(box) else image

    def _box(self, size: Size) -> tuple[int | None, int | None]:
        """Return the width and height that are wanted, in pixels."""
        width = None if self.width is None else rounded(self.width, size.width, size)
        height = None if self.height is None else rounded(self.height, size.height, size)
        return width, height

    def _placed(self, picture: Picture, image: pyvips.Image) -> tuple[Picture, Layer]:
        gravity = self.gravity or ("center" if self._flat else "bottom-right")
        picture, (left, top) = window(picture, Size(image.width, image.height), gravity)
        x, y = (
            round(pixels(offset, whole, picture.size))
            for offset, whole in zip((self.x, self.y), picture.size, strict=True)
        )
        words = gravity.split("-") if isinstance(gravity, str) else []
        return picture, Layer(
            image,
            left - x if "right" in words else left + x,
            top - y if "bottom" in words else top + y,
        )

    def _dressed(self, layer: Layer, size: Size) -> Layer | None:
        """Return the visible part of the layer with its copies and its shadow, if there is any."""
        reach = self.shadow.reach(size) if self.shadow else 0
        area = Box(-reach, -reach, size.width + reach, size.height + reach)
        if self.tile:
            tile = self.tile if isinstance(self.tile, Tile) else Tile()
            layer = tile.laid(layer, size, area)
        visible = layer.clipped(area)
        if visible is None:
            return None
        if self.shadow:
            visible = self.shadow.thrown(visible, size)
        visible = visible.clipped(Box(0, 0, *size))
        if visible is None or (self._flat and not self.shadow):
            return visible
        return replace(visible, image=in_memory(visible.image))

    @property
    def _flat(self) -> bool:
        """Whether it is made from nothing, at any place and any time."""
        return self.color is not None or self.gradient is not None
