"""The kinds of values that parameters have: lengths, gravities, factors."""

from __future__ import annotations

import re
from typing import Annotated, Literal, NamedTuple

from pydantic import Field, PlainSerializer, PlainValidator, WithJsonSchema

from image_worker.component import refuse

MAX_SIDE = 65_500
"""The longest side in pixels that any parameter may ask for; what JPEG can store."""

_LENGTH = re.compile(r"(-?\d{1,6}(?:\.\d{1,6})?)(%|vmin|vmax|px)")


class Size(NamedTuple):
    """Width and height in pixels."""

    width: int
    height: int

    @property
    def megapixels(self) -> float:
        """How many millions of pixels that are."""
        return self.width * self.height / 1e6


class Box(NamedTuple):
    """Left, top, right and bottom in pixels; right and bottom are just outside."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def size(self) -> Size:
        """Width and height of the box."""
        return Size(self.right - self.left, self.bottom - self.top)


def _read_length(value: object, least: int) -> int | str:
    if isinstance(value, int) and not isinstance(value, bool) and least <= value <= MAX_SIDE:
        return value
    match = _LENGTH.fullmatch(value) if isinstance(value, str) else None
    if match and (least < 0 or float(match[1]) > 0 or (least == 0 and float(match[1]) == 0)):
        return str(value)
    raise refuse(
        f"expected a whole number of pixels from {least} to {MAX_SIDE}, or text such as "
        '"50%" or "20vmin", got {got}',
        value,
    )


def _length(least: int) -> tuple[PlainValidator, WithJsonSchema]:
    return (
        PlainValidator(lambda value: _read_length(value, least)),
        WithJsonSchema(
            {
                "anyOf": [
                    {"type": "integer", "minimum": least, "maximum": MAX_SIDE},
                    {"type": "string", "pattern": f"^{_LENGTH.pattern}$"},
                ]
            }
        ),
    )


Length = Annotated[int | str, *_length(1)]
"""A length of at least one pixel: pixels, or `"50%"` of its own axis, `"20vmin"`, `"20vmax"`."""

Place = Annotated[int | str, *_length(-MAX_SIDE)]
"""A coordinate, written like a length; it may be negative or zero."""


Distance = Annotated[int | str, *_length(0)]
"""A length that may be zero."""

Direction = Literal["up", "right", "down", "left"] | Annotated[float, Field(ge=-360, le=360)]
"""A direction by its name, or in degrees clockwise from up, as in CSS."""

_DIRECTIONS = {"up": 0.0, "right": 90.0, "down": 180.0, "left": 270.0}


def degrees(direction: str | float) -> float:
    """Return a direction in degrees clockwise from up."""
    return _DIRECTIONS[direction] if isinstance(direction, str) else direction


def pixels(length: int | str, whole: int, size: Size) -> float:
    """Return a length in pixels; `whole` is the axis that `%` refers to."""
    match = _LENGTH.fullmatch(str(length))
    if not match:
        return float(length)
    number, unit = float(match[1]), match[2]
    base = {"px": 100, "%": whole, "vmin": min(size), "vmax": max(size)}[unit]
    return number * base / 100


def rounded(length: int | str, whole: int, size: Size) -> int:
    """Return a length in whole pixels, to the nearest, at least one."""
    return max(1, int(pixels(length, whole, size) + 0.5))


Factor = Annotated[float, Field(ge=0, le=10)]
"""A factor from 0 to 10, neutral at 1."""

Side = Literal[
    "center", "top", "top-right", "right", "bottom-right", "bottom", "bottom-left", "left",
    "top-left",
]  # fmt: skip
"""Which part of a picture to keep, or where to put it."""


def place(inner: Size, outer: Size, gravity: str) -> tuple[int, int]:
    """Return the left and top of one rectangle laid into, or around, another."""
    across, down = outer.width - inner.width, outer.height - inner.height
    left = 0 if "left" in gravity else across if "right" in gravity else across // 2
    top = 0 if "top" in gravity else down if "bottom" in gravity else down // 2
    return left, top


_ASPECT = re.compile(r"(\d{1,5}(?:\.\d{1,4})?):(\d{1,5}(?:\.\d{1,4})?)")
_WIDEST = 1000


def _read_aspect(value: object) -> float | str:
    match = _ASPECT.fullmatch(value) if isinstance(value, str) else None
    if match and float(match[1]) and float(match[2]):
        number = float(match[1]) / float(match[2])
    else:
        number = value if isinstance(value, int | float) and not isinstance(value, bool) else 0
    if 1 / _WIDEST <= number <= _WIDEST and isinstance(value, int | float | str):
        return value
    raise refuse(
        f'expected proportions such as "16:9", or a number from {1 / _WIDEST:g} to {_WIDEST}, '
        "got {got}",
        value,
    )


Aspect = Annotated[
    float | str,
    PlainValidator(_read_aspect),
    PlainSerializer(lambda aspect: aspect),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number", "minimum": 1 / _WIDEST, "maximum": _WIDEST},
                {"type": "string", "pattern": f"^{_ASPECT.pattern}$"},
            ]
        }
    ),
]
"""Width to height, as `"16:9"` or as their quotient."""


def ratio(aspect: float | str) -> float:
    """Return width divided by height."""
    if not isinstance(aspect, str):
        return aspect
    width, height = aspect.split(":")
    return float(width) / float(height)
