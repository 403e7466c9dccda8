"""Turns validation errors into sentences that say where, what was expected and what came."""

from __future__ import annotations

import difflib
import json
import math
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from image_worker.errors import InvalidParameterError, JobError, NeedsExtraError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pydantic_core import ErrorDetails

_TOLD = "told"
_LACKING = NeedsExtraError.code
_LONGEST_QUOTE = 40
_LARGEST_SHOWN = 1e20

_EXPECTED = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "string_type": "text",
    "list_type": "a list",
    "tuple_type": "a list",
    "dict_type": "an object",
    "model_type": "an object",
    "model_attributes_type": "an object",
    "literal_error": "{expected}",
    "greater_than_equal": "a number of at least {ge:g}",
    "greater_than": "a number greater than {gt:g}",
    "less_than_equal": "a number of at most {le:g}",
    "less_than": "a number less than {lt:g}",
    "multiple_of": "a multiple of {multiple_of:g}",
    "too_long": "at most {max_length} items",
    "too_short": "at least {min_length} items",
    "string_too_long": "at most {max_length} characters",
    "string_too_short": "at least {min_length} characters",
}


def shown(value: object) -> str:
    """Return the value as a person would recognise it, cut short and with its type."""
    if isinstance(value, str):
        cut = value if len(value) <= _LONGEST_QUOTE else f"{value[:_LONGEST_QUOTE]}..."
        return f"{json.dumps(cut)} (text)"
    if isinstance(value, bool | None):
        return json.dumps(value)
    if isinstance(value, int | float):
        return _shown_number(value)
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    return "an object" if isinstance(value, dict) else type(value).__name__


def _shown_number(value: Any) -> str:
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "infinity"
    return repr(value) if abs(value) <= _LARGEST_SHOWN else "a number too large to use"


def utf8(text: str) -> str:
    """Return text that UTF-8 can hold; JSON can name halves of characters, which it cannot."""
    return text.encode(errors="backslashreplace").decode()


def suggestion(name: object, known: Iterable[str]) -> str:
    """Return `did you mean "resize"?` where something close is known, else nothing."""
    close = difflib.get_close_matches(str(name), list(known), n=1)
    return f'did you mean "{close[0]}"?' if close else ""


def refuse(sentence: str, value: object, *loc: str | int) -> ValidationError:
    """Return an error at `loc`, with `{got}` in the sentence replaced by the value."""
    text = sentence.replace("{got}", shown(value))
    return _error([(text, loc, value, _TOLD)])


def lacking(word: str, name: str, extra: str, *loc: str | int) -> ValidationError:
    """Return the error for a name that only an optional part of the program knows."""
    text = (
        f'the {word} {shown(name).removesuffix(" (text)")} needs the extra "{extra}", '
        "which is not installed here"
    )
    return _error([(text, loc, name, _LACKING)])


def retell(error: ValidationError, kind: type[BaseModel], *prefix: str | int) -> ValidationError:
    """Return the same errors in our words, placed below `prefix`."""
    return _error(
        [
            (
                _sentence(detail, kind),
                (*prefix, *detail["loc"]),
                detail["input"],
                detail["type"] if detail["type"] == _LACKING else _TOLD,
            )
            for detail in error.errors(include_url=False)
        ]
    )


def explain(error: ValidationError, kind: type[BaseModel]) -> JobError:
    """Return the first of the errors as one sentence with its path."""
    details = error.errors(include_url=False)
    first = details[0]
    more = f" ({len(details) - 1} more like this)" if len(details) > 1 else ""
    path = json_path(first["loc"])
    sentence = _sentence(first, kind)
    error_kind = NeedsExtraError if first["type"] == _LACKING else InvalidParameterError
    return error_kind(f"{sentence}{more}", path=path)


def json_path(loc: Sequence[str | int]) -> str:
    """Return `operations[1].params.width` for `("operations", 1, "params", "width")`."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc if part != "")
    return "".join(parts).removeprefix(".")


def _error(told: list[tuple[str, tuple[str | int, ...], object, str]]) -> ValidationError:
    """Return an error with a sentence, a place, the value and the sort for each mistake."""
    return ValidationError.from_exception_data(
        "job",
        [
            InitErrorDetails(
                type=PydanticCustomError(sort, "{text}", {"text": utf8(text)}),
                loc=tuple(utf8(part) if isinstance(part, str) else part for part in loc),
                input=value,
            )
            for text, loc, value, sort in told
        ],
    )


def _sentence(detail: ErrorDetails, kind: type[BaseModel]) -> str:
    sort, got = detail["type"], shown(detail["input"])
    if sort in {_TOLD, _LACKING}:
        return detail["msg"]
    if sort == "extra_forbidden":
        return _unknown_key(detail["loc"], kind)
    if sort == "missing":
        return "expected a value, got none"
    if sort == "value_error":
        return str(detail["ctx"]["error"])
    if sort in _EXPECTED:
        return f"expected {_EXPECTED[sort].format(**detail.get('ctx', {}))}, got {got}"
    return f"{detail['msg'].lower()}, got {got}"


def _unknown_key(loc: tuple[int | str, ...], kind: type[BaseModel]) -> str:
    fields = _owner(kind, loc[:-1]).model_fields
    known = [field.alias or name for name, field in fields.items()]
    hint = suggestion(loc[-1], known) or f"known are {', '.join(known) or 'none'}"
    return f"{shown(loc[-1]).removesuffix(' (text)')} is not a known key; {hint}"


def _owner(kind: type[BaseModel], loc: tuple[int | str, ...]) -> type[BaseModel]:
    """Return the model that the value at `loc` belongs to."""
    for part in loc:
        field = kind.model_fields.get(str(part))
        nested = next(_models(field.annotation), None) if field else None
        kind = nested or kind
    return kind


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)
