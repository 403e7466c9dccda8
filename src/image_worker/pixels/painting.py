"""Plain colours and gradients as pictures."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any, Self

import pyvips
from pydantic import (
    Field,
    PlainSerializer,
    PlainValidator,
    TypeAdapter,
    ValidationError,
    WithJsonSchema,
    model_validator,
)

from image_worker.color import Color, rgba
from image_worker.component import Model, Several, refuse, retell
from image_worker.fields import Direction, degrees
from image_worker.selectors.gradient import along

if TYPE_CHECKING:
    from image_worker.fields import Size

_FULL = 255
_COLOR = TypeAdapter[Any](Color)
_STEPS = 4096
"""Steps of the table that a gradient is looked up in; finer than 8 bits can show."""

_STOP_SCHEMA = {
    "type": "array",
    "prefixItems": [
        {"type": "number", "minimum": 0, "maximum": 1},
        {"anyOf": [{"type": "string", "format": "color"}, {"type": "array"}]},
    ],
    "minItems": 2,
    "maxItems": 2,
}


def _read_stop(value: object) -> tuple[float, Any]:
    if not isinstance(value, list | tuple) or len(value) != 2:  # noqa: PLR2004 - place and colour
        raise refuse('expected a place and a colour such as [0.5, "teal"], got {got}', value)
    place, color = value
    if isinstance(place, bool) or not isinstance(place, int | float) or not 0 <= place <= 1:
        raise refuse("expected a place from 0 to 1, got {got}", place, 0)
    try:
        return float(place), _COLOR.validate_python(color)
    except ValidationError as error:
        raise retell(error, Model, 1) from None


Stop = Annotated[
    tuple[float, str | tuple[int, ...]],
    PlainValidator(_read_stop),
    PlainSerializer(lambda stop: stop),
    WithJsonSchema(_STOP_SCHEMA),
]
"""A place on the way, 0 to 1, and the colour there."""


class LinearGradient(Model):
    """Colours that change along a line, as CSS's `linear-gradient` does it."""

    direction: Direction = "down"
    """`down`, `up`, `left`, `right`, or degrees clockwise from up, as in CSS."""

    stops: Annotated[Several[Stop], Field(min_length=2, max_length=32)]
    """Places from 0 to 1 in ascending order, each with its colour: `[[0, "teal"], [1, "#fff"]]`."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if any(after < before for (before, _), (after, _) in pairwise(self.stops)):
            raise ValueError("expected the places of the stops in ascending order")
        return self

    def drawn(self, size: Size) -> pyvips.Image:
        """Return the gradient with transparency; grey if all its colours are.

        Colours are mixed premultiplied, as CSS Images 3 (3.4.3) says.
        """
        place = along(size, degrees(self.direction)) * (_STEPS - 1) + 0.5
        image = place.cast("ushort").maplut(self._table()).unpremultiply().rint().cast("uchar")
        colours = [rgba(color) for _, color in self.stops]
        if all(color.red == color.green == color.blue for color in colours):
            return image[0].bandjoin(image[3]).copy(interpretation="b-w")
        return image.copy(interpretation="srgb")

    def _table(self) -> pyvips.Image:
        """Return the premultiplied colours of all places on the way."""
        places = pyvips.Image.identity(ushort=True, size=_STEPS) / (_STEPS - 1)
        table = pyvips.Image.black(_STEPS, 1, bands=4) + _premultiplied(self.stops[0][1])
        for (start, first), (stop, second) in pairwise(self.stops):
            begin, end = _premultiplied(first), _premultiplied(second)
            share = (places - start) / (stop - start) if stop > start else places * 0
            change = [after - before for before, after in zip(begin, end, strict=True)]
            table = (places >= start).ifthenelse(share.linear(change, begin), table)
        last, color = self.stops[-1]
        return (places >= last).ifthenelse(table * 0 + _premultiplied(color), table)


def _premultiplied(color: str | tuple[int, ...]) -> list[float]:
    *colours, alpha = rgba(color)
    return [*(level * alpha / _FULL for level in colours), float(alpha)]


def solid(size: Size, color: str | tuple[int, ...]) -> pyvips.Image:
    """Return a plain colour with transparency; grey if the colour is."""
    red, green, blue, alpha = rgba(color)
    grey = red == green == blue
    levels = [red, alpha] if grey else [red, green, blue, alpha]
    image = (pyvips.Image.black(1, 1, bands=len(levels)) + levels).cast("uchar")
    return image.copy(interpretation="b-w" if grey else "srgb").embed(0, 0, *size, extend="copy")
