"""Annotate."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

import pyvips

from image_worker.color import Color, rgba
from image_worker.fields import Box, Distance, Size, pixels
from image_worker.morphology import grown
from image_worker.operations.base import Effect
from image_worker.picture import in_memory
from image_worker.pixels.compositing import Layer, composited
from image_worker.pixels.painting import solid
from image_worker.pixels.typesetting import Typeface, typeset
from image_worker.selectors import AnySelector, Named, Selector
from image_worker.selectors.base import bounding_box
from image_worker.selectors.box import BoxSelector
from image_worker.selectors.drawing import rectangle_mask
from image_worker.selectors.everything import Everything
from image_worker.selectors.union import Union

if TYPE_CHECKING:
    from image_worker.picture import Picture

_LABEL_SHARE = 0.035
_SMALLEST_LABEL = 12
_HALF = 128
_FRAME, _OUTLINE = 0.02, 0.3
"""CPU seconds a megapixel for a plain box and for any other shape, by estimate."""


class Annotate(Effect):
    """Draw the outlines of selected parts, and their names if wanted."""

    name = "annotate"
    examples = (
        {
            "show": [{"left": "59%", "top": "42%", "right": "74%", "bottom": "62%"}],
            "color": "yellow",
            "width": 3,
        },
    )

    show: AnySelector
    """What is outlined; each part of a list on its own."""

    color: Color = "#ff3b30"
    """Colour of the lines, and of the plates behind the names."""

    width: Distance = "0.6vmin"
    """Width of the lines, which lie inside of boxes and half inside of other shapes: pixels, at
    least 1, or a share of the picture."""

    labels: bool = False
    """Whether parts that were selected by a name, such as `"transparent"`, are labelled with
    it."""

    def run(self, picture: Picture) -> Picture:
        """Draw the same upon every frame."""
        picture = picture.each(in_memory)
        layers: list[Layer] = []
        for part in self.show.parts if isinstance(self.show, Union) else (self.show,):
            layers += self._drawn(part, picture)
        for layer in layers:
            picture = picture.each(partial(composited, layer=layer))
        return picture

    def cost(self, size: Size) -> float:
        """Return the sum of all outlines."""
        parts = self.show.parts if isinstance(self.show, Union) else (self.show,)
        seconds = (_FRAME if _is_plain(part) else _OUTLINE for part in parts)
        return sum(seconds) * size.megapixels

    def _drawn(self, part: Selector, picture: Picture) -> list[Layer]:
        """Return the outline of a part, and its label."""
        size = picture.size
        width = max(1, round(pixels(self.width, min(size), size)))
        box = part.box(picture)
        if box is None:
            return []
        outline = _frame(box, width) if _is_plain(part) else _contour(part.coverage(picture), width)
        layers = [self._inked(outline)]
        if self.labels and isinstance(part, Named):
            layers.append(self._label(part.name, box, size))
        return layers

    def _inked(self, outline: Layer) -> Layer:
        color = rgba(self.color)
        paint = solid(outline.size, color[:3])
        alpha = (outline.image * (color.alpha / 255)).rint().cast("uchar")
        image = paint[: paint.bands - 1].bandjoin(alpha)
        return Layer(
            in_memory(image.copy(interpretation=paint.interpretation)), outline.left, outline.top
        )

    def _label(self, name: str, box: Box, size: Size) -> Layer:
        """Return the name on a plate, above the box or inside of it where there is no room."""
        red, green, blue, _ = rgba(self.color)
        light = 0.299 * red + 0.587 * green + 0.114 * blue
        font_size = max(_SMALLEST_LABEL, _LABEL_SHARE * min(size))
        face = Typeface(pixels=font_size, color="black" if light >= _HALF else "white")
        text = Layer(typeset(name, face) or pyvips.Image.black(1, 1, bands=4))
        plate = text.padded(math.ceil(font_size / 4))
        image = composited(solid(plate.size, (red, green, blue)), Layer(plate.image))
        top = box.top - plate.size.height
        left = max(0, min(box.left, size.width - plate.size.width))
        return Layer(in_memory(image), left, top if top >= 0 else box.top)


def _is_plain(part: Selector) -> bool:
    """Tell whether the part is nothing but its box."""
    if isinstance(part, BoxSelector):
        return part.shape == "box" and not (part.radius or part.feather or part.invert)
    return isinstance(part, Everything)


def _frame(box: Box, width: int) -> Layer:
    """Return the lines along the edges of a box, inside of it."""
    across, down = box.size
    inner = Box(width, width, across - width, down - width)
    return Layer(rectangle_mask(box.size, inner).invert(), box.left, box.top)


def _contour(mask: pyvips.Image, width: int) -> Layer:
    """Return the line along the edge of a mask, half of it on either side."""
    box = bounding_box(mask) or Box(0, 0, mask.width, mask.height)
    reach = width + 2
    left, top = max(0, box.left - reach), max(0, box.top - reach)
    right, bottom = min(mask.width, box.right + reach), min(mask.height, box.bottom + reach)
    part = in_memory(mask.crop(left, top, right - left, bottom - top))
    line = grown(part, width / 2) - grown(part, -width / 2)
    return Layer(line.cast("uchar"), left, top)
