"""Crop."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Annotated, Self

import pyvips
from pydantic import Field, model_validator

from image_worker.affine import Affine
from image_worker.errors import InvalidParameterError
from image_worker.fields import Aspect, Box, Distance, Length, Place, Size, pixels, ratio
from image_worker.operations.base import Geometry
from image_worker.picture import Picture, in_memory
from image_worker.pixels.sizing import nearest
from image_worker.selectors import AnySelector, Selector
from image_worker.selectors.box import BoxSelector
from image_worker.selectors.gravity import INTERESTS, Aim, Gravity, aimed, corner, needs_pixels


class Crop(Geometry):
    """Keep a box of the picture, by its edges, its size, its proportions or what is in it.

    Coordinates count from the upper left corner; `right` and `bottom` are just outside of the
    box. A box that reaches outside of the picture is cut at its edges, with a notice; one that
    holds no pixel is an error.
    """

    name = "crop"
    seconds_per_megapixel = 0.05
    examples = (
        {"left": "20%", "top": "30%", "right": "90%", "bottom": "95%"},
        {"aspect": "1:1", "gravity": "75% 60%"},
    )

    left: Place | None = None
    """Left edge in pixels, or as a share of the width such as `"10%"`. Default: 0."""

    top: Place | None = None
    """Upper edge in pixels, or as a share of the height. Default: 0."""

    right: Place | None = None
    """Right edge, not included. Default: the width of the picture."""

    bottom: Place | None = None
    """Lower edge, not included. Default: the height of the picture."""

    width: Length | None = None
    """Width of the box. It starts at `left` or ends at `right`; without both `gravity` places it.
    Default: as far as the edges say."""

    height: Length | None = None
    """Height of the box, likewise with `top` and `bottom`."""

    aspect: Aspect | None = None
    """Proportions, such as `"16:9"` or 1.5: the largest such box inside of what the other
    parameters say; around `to`, the smallest that holds it."""

    gravity: Gravity = "center"
    """Which part to keep where the size is known but not the place: a side or corner, a point such
    as `"30% 20%"`, `"attention"`, `"entropy"`, or a selector."""

    gravity_fallback: Gravity = "attention"
    """The gravity to use where the selector in `gravity` finds nothing."""

    to: AnySelector | None = None
    """What the box is put around, instead of edges and sizes."""

    margin: Distance = 0
    """Room left on every side of `to`: pixels, or a share of the picture such as `"8%"`."""

    zoom: Annotated[float, Field(ge=0.1, le=10)] = 1
    """How much tighter than `to` the box is, 0.1 to 10: 2 is half as wide, 0.5 twice."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.to is None:
            if pixels(self.margin, 1, Size(1, 1)) or self.zoom != 1:
                raise ValueError('"margin" and "zoom" go with "to"')
        elif any(edge is not None for edge in self._sides()):
            raise ValueError('expected "to", or edges and sizes, got both')
        for start, end, length in (("left", "right", "width"), ("top", "bottom", "height")):
            if all(getattr(self, name) is not None for name in (start, end, length)):
                raise ValueError(f'expected two of "{start}", "{end}" and "{length}", got all')
        if self.aspect is not None and self.width is not None and self.height is not None:
            raise ValueError('expected two of "width", "height" and "aspect", got all')
        return self

    def run(self, picture: Picture) -> Picture:
        """Cut the box out of every frame."""
        picture, asked, box = self._placed(picture)
        left, top, right, bottom = (int(edge // picture.shrunk) for edge in box)

        def cut(image: pyvips.Image) -> pyvips.Image:
            return image.crop(left, top, right - left, bottom - top)

        made = replace(picture.each(cut), nominal=box.size if picture.shrunk > 1 else None)
        made = made.came_from(Affine.moved(box.left, box.top)).tell("box", list(box))
        if asked == box:
            return made
        return made.note("crop_clamped", f"the box {tuple(asked)} was cut to {tuple(box)}")

    def result_size(self, size: Size) -> Size:
        """Return the size of the box, or the picture's where only the pixels can tell."""
        if self.to is None:
            return self._inner(size, self._frame(size))
        return size if self.by_content else self._around(_unseen(size))[1].size

    def bound(self, size: Size) -> Size:
        """Return the largest sides: those of the picture, or those that were asked for."""
        asked = (self.width, size.width), (self.height, size.height)
        return Size(
            *(
                whole if side is None else min(whole, nearest(pixels(side, whole, size)))
                for side, whole in asked
            )
        )

    @property
    def by_content(self) -> bool:
        """Whether the box is put around what only the pixels show."""
        known = isinstance(self.to, BoxSelector) and not (self.to.invert or self.to.feather)
        return self.to is not None and not known

    def passes_shrunk(self, size: Size, shrink: int) -> bool:
        """Tell whether every edge of the box falls on a whole pixel of the shrunk picture."""
        if self.by_content or self.gravity in INTERESTS or isinstance(self.gravity, Selector):
            return False
        _, _, box = self._placed(_unseen(size))
        return all(
            place % shrink == 0 or place == edge
            for place, edge in zip(box, (0, 0, *size), strict=True)
        )

    def _sides(self) -> tuple[int | str | None, ...]:
        return self.left, self.top, self.right, self.bottom, self.width, self.height

    def _placed(self, picture: Picture) -> tuple[Picture, Box, Box]:
        """Return the picture to cut, the box that was asked for, and the box inside of it."""
        size = picture.size
        if self.to is not None:
            if needs_pixels(self.to):
                picture = picture.each(in_memory)
            return picture, *self._around(picture)
        asked = self._asked(size)
        frame = _inside(asked, size)
        inner = self._inner(size, frame)
        if inner == frame.size:
            return picture, asked, frame
        picture, (left, top) = self._corner(picture, inner, frame)
        box = Box(left, top, left + inner.width, top + inner.height)
        return picture, box if asked == frame else asked, box

    def _corner(self, picture: Picture, inner: Size, frame: Box) -> tuple[Picture, tuple[int, int]]:
        """Return where a box of the size `inner` stands within the frame."""
        size = picture.size
        picture, aim = aimed(picture, self.gravity, self.gravity_fallback)
        if isinstance(aim, Aim):
            left, top = aim.within(frame, size).corner(inner, frame.size)
        else:
            picture = picture.each(in_memory)
            part = Picture((picture.image.crop(frame.left, frame.top, *frame.size),))
            _, (left, top) = corner(part, inner, aim)
        return picture, (frame.left + left, frame.top + top)

    def _frame(self, size: Size) -> Box:
        return _inside(self._asked(size), size)

    def _asked(self, size: Size) -> Box:
        """Return the box that the edges describe; it may reach outside of the picture."""
        left, right = _ends(self.left, self.right, self.width, size.width, size)
        top, bottom = _ends(self.top, self.bottom, self.height, size.height, size)
        return Box(left, top, right, bottom)

    def _inner(self, size: Size, frame: Box) -> Size:
        """Return the size of the box that is kept of the frame."""
        width, height = frame.size
        if self.left is None and self.right is None and self.width is not None:
            width = min(width, nearest(pixels(self.width, size.width, size)))
        if self.top is None and self.bottom is None and self.height is not None:
            height = min(height, nearest(pixels(self.height, size.height, size)))
        return Size(width, height) if self.aspect is None else _shaped(width, height, self.aspect)

    def _around(self, picture: Picture) -> tuple[Box, Box]:
        """Return the box around what was selected, and the part of it inside of the picture."""
        found = self.to.box(picture) if self.to is not None else None
        if found is None:
            raise InvalidParameterError('the selector in "to" finds nothing in this picture')
        size = picture.size
        width, height = (
            side / self.zoom + 2 * pixels(self.margin, whole, size)
            for side, whole in zip(found.size, size, strict=True)
        )
        middle = ((found.left + found.right) / 2, (found.top + found.bottom) / 2)
        if self.aspect is None:
            asked = _centred(middle, width, height)
            return asked, _inside(asked, size)
        shape = ratio(self.aspect)
        width, height = max(width, height * shape), max(height, width / shape)
        asked = _centred(middle, width, height)
        if asked.size.width <= size.width and asked.size.height <= size.height:
            return (moved := _moved(asked, size)), moved
        return asked, _moved(_centred(middle, *_shaped(*size, self.aspect)), size)


def _unseen(size: Size) -> Picture:
    """Return a picture of that size for what does not look at its pixels."""
    return Picture((pyvips.Image.black(*size),))


def _ends(
    start: int | str | None, end: int | str | None, length: int | str | None, whole: int, size: Size
) -> tuple[int, int]:
    """Return both ends along one axis; all of it where only a length says what is kept."""
    side = None if length is None else nearest(pixels(length, whole, size))
    first = None if start is None else _rounded(pixels(start, whole, size))
    last = None if end is None else _rounded(pixels(end, whole, size))
    if side is None:
        return first or 0, whole if last is None else last
    if first is not None:
        return first, first + side
    return (0, max(whole, side)) if last is None else (last - side, last)


def _inside(box: Box, size: Size) -> Box:
    """Return the part of the box inside of the picture, or refuse it."""
    left, top, right, bottom = box
    inside = Box(max(0, left), max(0, top), min(size.width, right), min(size.height, bottom))
    if inside.left < inside.right and inside.top < inside.bottom:
        return inside
    raise InvalidParameterError(
        f"the box from {left}, {top} to {right}, {bottom} holds no pixel of a picture of "
        f"{size.width}x{size.height}; expected left < right and top < bottom, inside of it"
    )


def _shaped(width: int, height: int, aspect: float | str) -> Size:
    """Return the largest size of those proportions."""
    shape = ratio(aspect)
    if width > height * shape:
        return Size(min(width, nearest(height * shape)), height)
    return Size(width, min(height, nearest(width / shape)))


def _centred(middle: tuple[float, float], width: float, height: float) -> Box:
    across, down = nearest(width), nearest(height)
    left, top = _rounded(middle[0] - across / 2), _rounded(middle[1] - down / 2)
    return Box(left, top, left + across, top + down)


def _moved(box: Box, size: Size) -> Box:
    """Return the box moved into the picture, which is as large at least."""
    width, height = box.size
    left = max(0, min(box.left, size.width - width))
    top = max(0, min(box.top, size.height - height))
    return Box(left, top, left + width, top + height)


def _rounded(place: float) -> int:
    return math.floor(place + 0.5)
