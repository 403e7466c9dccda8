"""Colours as CSS writes them."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, NamedTuple

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

from image_worker.component import refuse

_CHANNELS = {3, 4}


class Rgba(NamedTuple):
    """Red, green, blue and alpha, each 0 to 255."""

    red: int
    green: int
    blue: int
    alpha: int

    @property
    def opaque(self) -> bool:
        """Whether nothing shines through."""
        return self.alpha == 255  # noqa: PLR2004 - the range stands in the class


@lru_cache(256)
def rgba(color: str | tuple[int, ...]) -> Rgba:
    """Return the channels of a colour; `ValueError` where the text is not a colour."""
    if isinstance(color, tuple):
        red, green, blue, *alpha = color
        return Rgba(red, green, blue, *alpha or (255,))
    import tinycss2.color4 as css  # noqa: PLC0415 - few jobs name a colour

    parsed = css.parse_color(color)
    if parsed is None or isinstance(parsed, str):
        raise ValueError(color)
    parts: tuple[float, ...] = (*parsed.to("srgb").coordinates, parsed.alpha)
    red, green, blue, opacity = (min(255, max(0, round(part * 255))) for part in parts)
    return Rgba(red, green, blue, opacity)


def _read_color(value: object) -> str | tuple[int, ...]:
    if isinstance(value, list | tuple) and len(value) in _CHANNELS:
        if all(type(part) is int and 0 <= part <= 255 for part in value):  # noqa: PLR2004
            return tuple(value)
    elif isinstance(value, str):
        try:
            rgba(value)
        except (ValueError, OverflowError, NotImplementedError):
            pass  # refused below; the last is tinycss2's for spaces it cannot convert, as Oklch
        else:
            return value
    raise refuse(
        'expected a CSS colour such as "#ff8800", "teal" or "rgb(0 0 0 / 50%)", '
        "or a list of 3 or 4 whole numbers from 0 to 255, got {got}",
        value,
    )


Color = Annotated[
    str | tuple[int, ...],
    PlainValidator(_read_color),
    PlainSerializer(lambda color: color),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "format": "color"},
                {
                    "type": "array",
                    "items": {"type": "integer", "minimum": 0, "maximum": 255},
                    "minItems": 3,
                    "maxItems": 4,
                },
            ]
        }
    ),
]
"""A CSS colour as text, or `[red, green, blue]`, or `[red, green, blue, alpha]`, 0 to 255."""
