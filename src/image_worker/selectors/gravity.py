"""Which part of a picture matters: a side, a point, what draws the eye, or a selector."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, Self, get_args

from pydantic import ValidationError, model_validator

from image_worker.component import Family, Model, refuse, retell, suggestion
from image_worker.component.schema import MENTION, WRITERS
from image_worker.errors import InvalidParameterError
from image_worker.fields import Box, Distance, Side, Size, pixels
from image_worker.picture import in_memory
from image_worker.selectors.base import Named, Selector
from image_worker.selectors.wire import Anyhow

if TYPE_CHECKING:
    import pyvips

    from image_worker.picture import Picture

INTERESTS = ("attention", "entropy")
"""What libvips finds by looking at the pixels: colours and edges, or the most detail."""

_SIDES = get_args(Side)
_COMPASS = {
    "center": "centre", "top": "north", "top-right": "north-east", "right": "east",
    "bottom-right": "south-east", "bottom": "south", "bottom-left": "south-west", "left": "west",
    "top-left": "north-west",
}  # fmt: skip
_ALIASES = {alias: side for side, alias in _COMPASS.items()} | {
    alias.replace("-", ""): side for side, alias in _COMPASS.items()
}
_WORDS = (*_SIDES, *INTERESTS, *_ALIASES)
_PLACES = {"left": 0.0, "top": 0.0, "right": 1.0, "bottom": 1.0}
_SHARE = r"(?:100(?:\.0{1,4})?|\d{1,2}(?:\.\d{1,4})?)%"
_POINT = re.compile(f"({_SHARE}) ({_SHARE})")


class Point(Model):
    """A point that keeps its place: 30% of the way across stays 30% of the way across."""

    x: Distance
    """How far from the left: pixels, or a share of the width such as `"30%"`."""

    y: Distance
    """How far from the top: pixels, or a share of the height."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        for name, place in (("x", self.x), ("y", self.y)):
            if str(place).endswith("%") and pixels(place, 1, Size(1, 1)) > 1:
                raise ValueError(f'expected "{name}" from "0%" to "100%", got "{place}"')
        return self

    def shares(self, size: Size) -> tuple[float, float]:
        """Return how far across and down it lies in a picture of that size, 0 to 1."""
        x, y = pixels(self.x, size.width, size), pixels(self.y, size.height, size)
        if 0 <= x <= size.width and 0 <= y <= size.height:
            return x / size.width, y / size.height
        raise InvalidParameterError(
            f"expected a point inside of the picture of {size.width}x{size.height}, "
            f"got {x:g}, {y:g}"
        )


class _Pointing(Anyhow):
    """A word, a point or a selector."""

    def __init__(self) -> None:
        super().__init__("gravity")
        WRITERS["gravity"] = self.schema

    @property
    def family(self) -> Family:
        """The selectors: the rest is no family."""
        return Selector.family

    def read(self, value: object) -> Any:
        """Read any form; other names for a side become its own."""
        if isinstance(value, Point):
            return value
        if isinstance(value, str) and value not in Named.family:
            return self._said(value)
        if isinstance(value, dict) and {"x", "y"} & value.keys():
            return _point(value)
        return super().read(value)

    def write(self, component: Any, context: Any = None) -> Any:
        """Write a word as it is."""
        if isinstance(component, Point):
            return component.model_dump(mode="json")
        return component if isinstance(component, str) else super().write(component, context)

    def schema(self) -> dict[str, Any]:
        """Return one alternative a form."""
        return {
            "anyOf": [
                {"enum": list(_WORDS)},
                {"type": "string", "pattern": f"^{_POINT.pattern}$"},
                Point.raw_schema(),
                {MENTION: Selector.family.word},
            ]
        }

    def _said(self, value: str) -> Any:
        word = _ALIASES.get(value, value)
        if word in _WORDS:
            return word
        match = _POINT.fullmatch(value)
        if match:
            return Point(x=match[1], y=match[2])
        if Named.family.promised(value):
            return super().read(value)
        known = (*_SIDES, *INTERESTS, *Named.family.names)
        hint = suggestion(value, (*known, *_ALIASES)) or f"known are {', '.join(known)}"
        raise refuse(f"expected a side, a point or a selector, got {{got}}; {hint}", value)


def _point(value: dict[str, Any]) -> Point:
    """Return the point that an object describes."""
    try:
        return Point.model_validate(value)
    except ValidationError as error:
        raise retell(error, Point) from None


Gravity = Annotated[str | Point | Selector, _Pointing()]
"""A side or corner such as `"top-right"`, a point such as `"30% 20%"` or `{"x": 400, "y": 90}`,
`"attention"` or `"entropy"` for what draws the eye, or a selector for the middle of its box."""


class Aim(NamedTuple):
    """A gravity in one picture, as shares of its width and height."""

    across: float
    down: float
    middle: bool = False
    """Whether the point is brought to the middle, as near as can be, or keeps its share."""

    def corner(self, inner: Size, outer: Size) -> tuple[int, int]:
        """Return the left and top of a window of size `inner` on a picture of size `outer`.

        They are negative where the window is larger than the picture, which then stands in it.
        """
        return (
            self._start(self.across, inner.width, outer.width),
            self._start(self.down, inner.height, outer.height),
        )

    def within(self, frame: Box, size: Size) -> Aim:
        """Return the same in a part of a picture of that size."""
        if not self.middle:
            return self
        across = (self.across * size.width - frame.left) / frame.size.width
        down = (self.down * size.height - frame.top) / frame.size.height
        return Aim(across, down, middle=True)

    def _start(self, share: float, inner: int, outer: int) -> int:
        free = outer - inner
        start = share * outer - inner / 2 if self.middle else share * free
        whole = math.copysign(math.ceil(abs(start) - 0.5), start)  # a half goes to the upper left
        return int(min(max(whole, min(0, free)), max(0, free)))


def aimed(
    picture: Picture, gravity: str | Point | Selector, fallback: str | Point | Selector
) -> tuple[Picture, Aim | str]:
    """Return where the gravity points, or the word of what only the window's size can tell.

    Where a selector selects nothing the fallback counts, and the middle after that. The picture
    comes back able to be read again, and with a notice if the fallback was needed.
    """
    if isinstance(gravity, str):
        return picture, gravity if gravity in INTERESTS else _side(gravity)
    if isinstance(gravity, Point):
        return picture, Aim(*gravity.shares(picture.size))
    if needs_pixels(gravity):
        picture = picture.each(in_memory)
    box = gravity.box(picture)
    if box is None:
        picture = picture.note(
            "gravity_fallback", 'the selector of "gravity" found nothing; its fallback was used'
        )
        return aimed(picture, fallback, "center")
    width, height = picture.size
    across, down = (box.left + box.right) / 2 / width, (box.top + box.bottom) / 2 / height
    return picture, Aim(across, down, middle=True)


def corner(picture: Picture, inner: Size, aim: Aim | str) -> tuple[Picture, tuple[int, int]]:
    """Return the left and top of the window, and the picture able to be read again."""
    if isinstance(aim, Aim):
        return picture, aim.corner(inner, picture.size)
    picture = picture.each(in_memory)
    return picture, _interesting(picture.image, inner, aim)


def window(
    picture: Picture,
    inner: Size,
    gravity: str | Point | Selector,
    fallback: str | Point | Selector = "attention",
) -> tuple[Picture, tuple[int, int]]:
    """Return the left and top of a window of size `inner` on the picture, as the gravity says.

    Use the picture that comes back: looking at its pixels may have used up the one that came. The
    window may be larger than the picture, which then stands in it; its corner is negative then.
    """
    picture, aim = aimed(picture, gravity, fallback)
    return corner(picture, inner, aim)


def needs_pixels(gravity: str | Point | Selector) -> bool:
    """Tell whether only the pixels, all of them, say where a selector points."""
    if not isinstance(gravity, Selector):
        return False
    return gravity.by_content or any(map(needs_pixels, getattr(gravity, "parts", ())))


def _side(name: str) -> Aim:
    across, down = 0.5, 0.5
    for word in name.split("-"):
        if word in {"left", "right"}:
            across = _PLACES[word]
        elif word in {"top", "bottom"}:
            down = _PLACES[word]
    return Aim(across, down)


def _interesting(image: pyvips.Image, inner: Size, word: str) -> tuple[int, int]:
    """Return the corner that libvips' `smartcrop` finds; the middle where there is nothing."""
    outer = Size(image.width, image.height)
    left, top = Aim(0.5, 0.5).corner(inner, outer)
    part = Size(*map(min, inner, outer))
    if part == outer or _is_even(image):
        return left, top
    found = image.smartcrop(*part, interesting=word)
    return (
        -found.xoffset if inner.width <= outer.width else left,
        -found.yoffset if inner.height <= outer.height else top,
    )


def _is_even(image: pyvips.Image) -> bool:
    """Tell whether all pixels are the same."""
    return bool(image.relational_const("equal", image.getpoint(0, 0)).bandand().min())
