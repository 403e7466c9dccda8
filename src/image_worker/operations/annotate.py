"""Annotate."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import pyvips

from image_worker.color import Color, rgba
from image_worker.fields import Box, Distance, Size, pixels
from image_worker.morphology import grown
from image_worker.operations.base import Effect
from image_worker.picture import coloured, in_memory
from image_worker.pixels.compositing import Layer, composited
from image_worker.pixels.cutting import singles
from image_worker.pixels.painting import solid
from image_worker.pixels.typesetting import Typeface, typeset
from image_worker.selectors import AnySelector, Named, Selector
from image_worker.selectors.base import bounding_box
from image_worker.selectors.box import BoxSelector
from image_worker.selectors.drawing import rectangle_mask
from image_worker.selectors.everything import Everything
from image_worker.selectors.seeing import Seeing, part_of
from image_worker.selectors.union import Union

if TYPE_CHECKING:
    from image_worker.picture import Picture
    from image_worker.vision import Detection

_LABEL_SHARE = 0.035
_SMALLEST_LABEL = 12
_HALF = 128
_FRAME, _OUTLINE = 0.02, 0.3
"""CPU seconds a megapixel for a plain box and for any other shape, by estimate."""


class Annotate(Effect):
    """Draw the outlines of selected parts, and their names if wanted.

    What a detector finds is drawn thing by thing, in each frame of an animation.
    """

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
    """Whether parts have labels: what a detector calls each thing and how sure it is, what it read,
    or the name that a part was selected by, such as `"transparent"`."""

    def run(self, picture: Picture) -> Picture:
        """Draw upon every frame."""
        picture = picture.each(in_memory)
        if not any(part.by_content for part in self._parts):
            layers = self._layers(picture)
            return picture.each(lambda frame: _laid(frame, layers))
        frames = tuple(_laid(one.image, self._layers(one)) for one in singles(picture))
        if len({frame.bands for frame in frames}) > 1:  # some grey frames were drawn upon
            frames = tuple(coloured(frame) for frame in frames)
        return replace(picture, frames=frames)

    def cost(self, size: Size) -> float:
        """Return the sum of all outlines."""
        seconds = (_FRAME if _is_plain(part) else _OUTLINE for part in self._parts)
        return sum(seconds) * size.megapixels

    @property
    def _parts(self) -> tuple[Selector, ...]:
        return self.show.parts if isinstance(self.show, Union) else (self.show,)

    def _layers(self, picture: Picture) -> list[Layer]:
        layers: list[Layer] = []
        for part in self._parts:
            if isinstance(part, Seeing) and not part.invert:
                for one in part.found(picture).detections:
                    layers += self._seen(one, picture)
            else:
                layers += self._drawn(part, picture)
        return layers

    def _seen(self, one: Detection, picture: Picture) -> list[Layer]:
        """Return the outline of what a detector found, and its label."""
        size, width = picture.size, self._lines(picture.size)
        if one.mask:
            layers = [self._inked(_contour(in_memory(part_of(one, picture)), width))]
        else:
            layers = [self._inked(_frame(one.box, width))]
        if self.labels:
            layers.append(
                self._label(one.text or f"{one.label} {one.confidence:.0%}", one.box, size)
            )
        return layers

    def _lines(self, size: Size) -> int:
        return max(1, round(pixels(self.width, min(size), size)))

    def _drawn(self, part: Selector, picture: Picture) -> list[Layer]:
        """Return the outline of a part, and its label."""
        size = picture.size
        width = self._lines(size)
        box = part.box(picture)
        if box is None:
            return []
        outline = _frame(box, width) if _is_plain(part) else _contour(part.coverage(picture), width)
        layers = [self._inked(outline)]
        if self.labels and isinstance(part, Named):
            layers.append(self._label(part.text, box, size))
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
        font_size = max(_SMALLEST_LABEL, min(_LABEL_SHARE * min(size), box.size.height / 2))
        face = Typeface(pixels=font_size, color="black" if light >= _HALF else "white")
        text = Layer(typeset(name, face) or pyvips.Image.black(1, 1, bands=4))
        plate = text.padded(math.ceil(font_size / 4))
        image = composited(solid(plate.size, (red, green, blue)), Layer(plate.image))
        top = box.top - plate.size.height
        left = max(0, min(box.left, size.width - plate.size.width))
        return Layer(in_memory(image), left, top if top >= 0 else box.top)


def _laid(frame: pyvips.Image, layers: list[Layer]) -> pyvips.Image:
    for layer in layers:
        frame = composited(frame, layer)
    return frame


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
