"""The kinds of values that outputs have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, TypeAdapter, WrapValidator

from image_worker.component import Model, Several, refuse

if TYPE_CHECKING:
    from collections.abc import Callable

_BASE64_TEXT, _BASE64_BYTES = 4, 3
_MOST_BYTES = 1_000_000_000_000
_STRICT = ConfigDict(strict=True)


class Base64Length(Model):
    """A size, counted as the text that base64 makes of the bytes."""

    base64: Annotated[int, Field(ge=1, le=_MOST_BYTES)]
    """Characters of base64 text; every 3 bytes, whole or begun, are 4 of them."""

    @property
    def bytes(self) -> int:
        """How many bytes the text can hold."""
        return self.base64 // _BASE64_TEXT * _BASE64_BYTES


def _either(
    usual: TypeAdapter[Any], other: TypeAdapter[Any], is_other: Callable[[object], bool]
) -> WrapValidator:
    """Return a validator that decides by the value itself, so that only one error is told."""

    def read(value: object, _: object) -> Any:
        return (other if is_other(value) else usual).validate_python(value)

    return WrapValidator(read)


def _whole(value: object) -> object:
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise refuse("expected a whole number, got {got}", value)


WHOLE = BeforeValidator(_whole)
"""Keeps `true` from being 1 among numbers to choose from."""

Quality = Annotated[int, Field(ge=1, le=100)]
Profile = Literal["srgb", "p3", "cmyk", "keep"]
Subsampling = Literal["4:2:0", "4:4:4"]

_Bytes = Annotated[int, Field(ge=1, le=_MOST_BYTES)]
_Time = Annotated[int, Field(ge=0, le=600_000)]

AnyQuality = Annotated[
    Quality | Literal["auto"],
    _either(
        TypeAdapter(Quality, config=_STRICT),
        TypeAdapter(Literal["auto"]),
        lambda value: value == "auto",
    ),
]
"""A quality, or `auto`."""

MostBytes = Annotated[
    _Bytes | Base64Length,
    _either(
        TypeAdapter(_Bytes, config=_STRICT),
        TypeAdapter(Base64Length),
        lambda value: isinstance(value, dict | Base64Length),
    ),
]
"""Bytes, or characters of base64 text."""

Delay = Annotated[
    _Time | Several[_Time],
    _either(
        TypeAdapter(_Time, config=_STRICT),
        TypeAdapter(Several[_Time], config=_STRICT),
        lambda value: isinstance(value, list | tuple),
    ),
]
"""Milliseconds, for all frames or for each."""
