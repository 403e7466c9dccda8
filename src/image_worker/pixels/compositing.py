"""One picture upon another."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import pyvips

from image_worker.fields import Box, Size
from image_worker.picture import has_alpha, with_alpha

Blend = Literal[
    "over", "multiply", "screen", "overlay", "darken", "lighten", "color-dodge", "color-burn",
    "hard-light", "soft-light", "difference", "exclusion", "add", "dest-over", "dest-in",
    "dest-out",
]  # fmt: skip
"""How colours that lie upon each other are put together, as CSS and Porter and Duff say."""

_PORTER_DUFF = {"over", "add", "dest-over", "dest-in", "dest-out"}
_CUTS = {"dest-in", "dest-out"}
_FULL = 255
_COLOURED = 3


@dataclass(frozen=True, slots=True)
class Layer:
    """An image with transparency, and where its upper left corner lies upon the base."""

    image: pyvips.Image
    left: int = 0
    top: int = 0

    @property
    def size(self) -> Size:
        """Width and height."""
        return Size(self.image.width, self.image.height)

    def clipped(self, box: Box) -> Layer | None:
        """Return what of it lies inside of the box, or nothing."""
        left, top = max(box.left, self.left), max(box.top, self.top)
        right = min(box.right, self.left + self.image.width)
        bottom = min(box.bottom, self.top + self.image.height)
        if left >= right or top >= bottom:
            return None
        inner = self.image.crop(left - self.left, top - self.top, right - left, bottom - top)
        return Layer(inner, left, top)

    def padded(self, margin: int) -> Layer:
        """Return it with nothing around it on all sides."""
        width, height = self.size
        image = self.image.embed(margin, margin, width + 2 * margin, height + 2 * margin)
        return Layer(image, self.left - margin, self.top - margin)


def composited(base: pyvips.Image, layer: Layer, blend: Blend = "over") -> pyvips.Image:
    """Return the base with the layer upon it; what lies beside the base is cut off.

    A base without transparency stays opaque, except where the layer cuts (`dest-in`, `dest-out`).
    """
    whole = Box(0, 0, base.width, base.height)
    visible = layer.clipped(whole)
    if blend in _CUTS:
        base = with_alpha(base)
    if visible is None:
        return _emptied(base) if blend == "dest-in" else base
    if visible.image.bands > _COLOURED > base.bands:
        base = base.colourspace("srgb")
    elif base.bands >= _COLOURED > visible.image.bands:
        visible = replace(visible, image=visible.image.colourspace("srgb"))
    part = base.crop(visible.left, visible.top, *visible.size)
    mixed = _mixed(part, visible.image, blend)
    around = _emptied(base) if blend == "dest-in" else base
    return around.insert(mixed, visible.left, visible.top)


def _mixed(base: pyvips.Image, layer: pyvips.Image, blend: Blend) -> pyvips.Image:
    """Return two images of one size upon each other, with the bands of the base."""
    if blend not in _PORTER_DUFF:
        layer, blend = _blended(base, layer, blend), "over"
    if blend == "over" and not has_alpha(base):
        colours, alpha = layer[: layer.bands - 1], layer[layer.bands - 1]
        return alpha.ifthenelse(colours, base, blend=True)
    return _composite(base, layer, blend)


def _composite(base: pyvips.Image, layer: pyvips.Image, mode: str) -> pyvips.Image:
    """Return what libvips makes of two images, rounded; it would cut fractions off."""
    space = base.interpretation
    base, layer = (image.cast("float").copy(interpretation=space) for image in (base, layer))
    mixed = base.composite2(layer, mode, compositing_space=space)
    mixed = mixed if mixed.bands == base.bands else mixed[: base.bands]
    return mixed.rint().cast("uchar").copy(interpretation=space)


def _blended(base: pyvips.Image, layer: pyvips.Image, blend: Blend) -> pyvips.Image:
    """Return the layer in the colours that it has upon the base.

    This is `Cs = (1 - ab) * Cs + ab * B(Cb, Cs)` of the W3C's Compositing and Blending, 5.7.
    libvips mixes premultiplied colours, which is something else for layers that shine through.
    """
    colours, alpha = layer[: layer.bands - 1], layer[layer.bands - 1]
    below = base[: base.bands - 1] if has_alpha(base) else base
    both = _composite(below, colours, blend.replace("color", "colour"))
    if has_alpha(base):
        both = base[base.bands - 1].ifthenelse(both, colours, blend=True)
    return both.bandjoin(alpha).copy(interpretation=layer.interpretation)


def _emptied(image: pyvips.Image) -> pyvips.Image:
    """Return an image of the same kind without anything to be seen."""
    black = pyvips.Image.black(image.width, image.height, bands=image.bands)
    return black.copy(interpretation=image.interpretation)
