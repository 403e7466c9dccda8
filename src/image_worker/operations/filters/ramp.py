"""What filters share that replace the luma by colours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator

from image_worker.color import Color, rgba
from image_worker.pixels.tones import TOP, table

if TYPE_CHECKING:
    from image_worker.color import Rgba


def _opaque(color: str | tuple[int, ...]) -> str | tuple[int, ...]:
    if rgba(color).opaque:
        return color
    raise ValueError(f"expected a colour that nothing shines through, got {color!r}")


OpaqueColor = Annotated[Color, AfterValidator(_opaque)]
"""A colour without transparency."""


def ramp(dark: Rgba, bright: Rgba) -> list[bytes]:
    """Return the tables of red, green and blue from one colour at black to another at white."""
    return [_between(*ends) for ends in zip(dark[:3], bright[:3], strict=True)]


def _between(start: int, stop: int) -> bytes:
    return table(lambda share: (start + (stop - start) * share) / TOP)
