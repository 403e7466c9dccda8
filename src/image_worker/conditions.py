"""Conditions: `{"width": {">": 1000}}`, joined by `and`, `or` and `not`."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import PlainValidator, WithJsonSchema

from image_worker.component import refuse, suggestion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Fact = float | bool | str

_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_DEEPEST = 8
_LARGEST = 1e15
"""More than any fact of a picture; NaN is not within it either."""
_ONE_FACT = {
    "type": "object",
    "description": 'A fact and what it must be, such as {"width": {">": 1000}}.',
    "minProperties": 1,
}


def holds(condition: Mapping[str, Any], facts: Mapping[str, Fact]) -> bool:
    """Tell whether the condition is true; several facts in one object must all be true."""
    return all(_holds(name, wanted, facts) for name, wanted in condition.items())


def facts_of(condition: Mapping[str, Any]) -> Iterator[str]:
    """Yield the name of every fact that the condition asks for."""
    for name, wanted in condition.items():
        if name in {"and", "or"}:
            for part in wanted:
                yield from facts_of(part)
        elif name == "not":
            yield from facts_of(wanted)
        else:
            yield name


def _holds(name: str, wanted: Any, facts: Mapping[str, Fact]) -> bool:
    if name == "and":
        return all(holds(part, facts) for part in wanted)
    if name == "or":
        return any(holds(part, facts) for part in wanted)
    if name == "not":
        return not holds(wanted, facts)
    if not isinstance(wanted, dict):
        return bool(facts[name] == wanted)
    return all(_COMPARISONS[sign](facts[name], value) for sign, value in wanted.items())


def _read(value: object, depth: int = 0) -> dict[str, Any]:
    if not isinstance(value, dict) or not value:
        raise refuse('expected a condition such as {"width": {">": 1000}}, got {got}', value)
    if depth > _DEEPEST:
        raise refuse(f"expected at most {_DEEPEST} conditions inside of each other", value)
    for name, wanted in value.items():
        _check(str(name), wanted, depth)
    return value


def _check(name: str, wanted: object, depth: int) -> None:
    if name in {"and", "or"}:
        if not isinstance(wanted, list) or not wanted:
            raise refuse("expected a list of conditions, got {got}", wanted, name)
        for part in wanted:
            _read(part, depth + 1)
    elif name == "not":
        _read(wanted, depth + 1)
    elif isinstance(wanted, dict):
        _check_comparison(name, wanted)
    elif not isinstance(wanted, bool | int | float | str) or not _sound(wanted):
        raise refuse('expected a value or a comparison such as {">": 1}, got {got}', wanted, name)


def _check_comparison(name: str, wanted: dict[Any, Any]) -> None:
    for sign, value in wanted.items():
        if sign not in _COMPARISONS:
            hint = suggestion(sign, _COMPARISONS) or f"known are {' '.join(_COMPARISONS)}"
            raise refuse(f"expected a comparison; {hint}", sign, name, str(sign))
        if isinstance(value, bool | str) and sign in {"=", "!="}:
            continue
        if isinstance(value, bool) or not isinstance(value, int | float) or not _sound(value):
            raise refuse("expected a number, got {got}", value, name, str(sign))


def _sound(value: object) -> bool:
    """Tell whether the value is no number, or one that a fact can be compared with."""
    return not isinstance(value, int | float) or abs(value) <= _LARGEST


Condition = Annotated[dict[str, Any], PlainValidator(_read), WithJsonSchema(_ONE_FACT)]
"""A condition on facts of the source."""
