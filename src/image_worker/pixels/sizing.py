"""How large a picture becomes: boxes and how it fits them, factors, multiples."""

from __future__ import annotations

import math
import re
from typing import Annotated, Literal, NamedTuple

from pydantic import BeforeValidator, PlainSerializer, PlainValidator, WithJsonSchema

from image_worker.component import refuse
from image_worker.fields import Size

LARGEST_SCALE = 1000

_FITS = ("inside", "cover", "contain", "fill", "outside")
_ALIASES = {"fit": "inside", "crop": "cover", "pad": "contain", "scale": "fill", "max": "inside"}
_PERCENT = re.compile(r"(\d{1,6}(?:\.\d{1,6})?)%")

Fit = Annotated[
    Literal["inside", "cover", "contain", "fill", "outside"],
    BeforeValidator(lambda word: _ALIASES.get(word, word) if isinstance(word, str) else word),
    WithJsonSchema({"enum": [*_FITS, *_ALIASES]}),
]
"""How a picture fits a box of other proportions, in the words of CSS and sharp."""


def _read_scale(value: object) -> float | str:
    match = _PERCENT.fullmatch(value) if isinstance(value, str) else None
    factor = float(match[1]) / 100 if match else value
    if isinstance(factor, bool) or not isinstance(factor, int | float):
        factor = 0
    if 0 < factor <= LARGEST_SCALE and isinstance(value, int | float | str):
        return value
    raise refuse(
        f'expected a factor greater than 0 and up to {LARGEST_SCALE}, or text such as "50%", '
        "got {got}",
        value,
    )


Scale = Annotated[
    float | str,
    PlainValidator(_read_scale),
    PlainSerializer(lambda scale: scale),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number", "exclusiveMinimum": 0, "maximum": LARGEST_SCALE},
                {"type": "string", "pattern": f"^{_PERCENT.pattern}$"},
            ]
        }
    ),
]
"""A factor, or a share such as `"50%"`."""


class Plan(NamedTuple):
    """The size to scale to, and the size of the result where it is cropped or padded."""

    scaled: Size
    result: Size


class Multiple(NamedTuple):
    """What sides are a multiple of, which multiple is taken, and the most pixels there may be."""

    step: int
    way: Literal["down", "nearest", "up"]
    max_pixels: int | None

    def of(self, size: Size) -> Size:
        """Return the sides rounded, each at least to the first multiple."""
        step = self.step
        add = {"down": 0, "nearest": step / 2, "up": step - 1}[self.way]
        width, height = (max(1, int((side + add) // step)) * step for side in size)
        if self.max_pixels is None or width * height <= self.max_pixels:
            return Size(width, height)
        width, height = (max(1, side // step) * step for side in size)
        if width >= height:
            return Size(min(width, self.max_pixels // height // step * step), height)
        return Size(width, min(height, self.max_pixels // width // step * step))


def nearest(side: float) -> int:
    """Return a side in whole pixels, at least one."""
    return max(1, int(side + 0.5))


def factor_of(scale: float | str) -> float:
    """Return the factor that was meant."""
    return float(scale.removesuffix("%")) / 100 if isinstance(scale, str) else scale


def times(size: Size, factor: float) -> Size:
    """Return the size multiplied."""
    return Size(*(nearest(side * factor) for side in size))


def fitted(size: Size, width: int | None, height: int | None, fit: str, *, grow: bool) -> Plan:
    """Return the plan for a width, a height, or a box of both."""
    if fit == "fill":
        target = Size(width or size.width, height or size.height)
        target = target if grow else Size(*map(min, target, size))
        return Plan(target, target)
    asked = ((width, size.width), (height, size.height))
    factors = [side / whole for side, whole in asked if side]
    factor = max(factors) if fit in {"cover", "outside"} else min(factors)
    scaled = times(size, factor if grow else min(1.0, factor))
    if not (width and height) or fit not in {"cover", "contain"}:
        return Plan(scaled, scaled)
    box = Size(width, height)
    return Plan(scaled, box if fit == "contain" else Size(*map(min, box, scaled)))


def limited(plan: Plan, most: int) -> Plan:
    """Return the plan with as many pixels, and not one more."""
    result = within(plan.result, most)
    if plan.scaled == plan.result:
        return Plan(result, result)
    factor = math.sqrt(most / (plan.result.width * plan.result.height))
    inside = plan.scaled.width <= plan.result.width and plan.scaled.height <= plan.result.height
    return Plan(Size(*map(min if inside else max, times(plan.scaled, factor), result)), result)


def within(size: Size, most: int) -> Size:
    """Return the size of the same proportions with as many pixels, and not one more."""
    factor = math.sqrt(most / (size.width * size.height))
    width, height = times(size, factor)
    if width * height > most:
        width, height = (max(1, int(side * factor)) for side in size)
    if width >= height:
        return Size(min(width, most // height), height)
    return Size(width, min(height, most // width))
