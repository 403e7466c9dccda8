"""How a job says what it wants to know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import PlainSerializer, PlainValidator, SerializationInfo, ValidationError

from image_worker.analysis.base import Analyzer
from image_worker.component import Model, refuse, retell, suggestion

if TYPE_CHECKING:
    from pydantic import GetJsonSchemaHandler
    from pydantic_core import CoreSchema

_KEYS = ("of", "want")
_SIDES = ("input", "output")


class Analysis(Model):
    """What to measure, and of which picture."""

    of: Literal["input", "output"] = "input"
    """`input` is the source, upright; `output` the finished picture before it is encoded."""

    want: tuple[Analyzer, ...] = ()
    """The measurements."""


def _read(value: object) -> Analysis:
    if isinstance(value, Analysis):
        return value
    if not isinstance(value, dict):
        return _fitting("input", _several(value))
    for key in value:
        if key not in _KEYS:
            hint = suggestion(key, _KEYS) or f"known are {', '.join(_KEYS)}"
            raise refuse(f"is not a known key; {hint}", key, str(key))
    side = value.get("of", "input")
    if side not in _SIDES:
        raise refuse('expected "input" or "output", got {got}', side, "of")
    return _fitting(side, _several(value.get("want", True), "want"), "want")


def _fitting(side: Any, want: tuple[Analyzer, ...], *loc: str) -> Analysis:
    for index, one in enumerate(want):
        refusal = one.refusal(side)
        if refusal:
            raise refuse(refusal, one.name, *loc, index)
    return Analysis(of=side, want=want)


def _several(value: object, *loc: str) -> tuple[Analyzer, ...]:
    if isinstance(value, bool):
        return tuple(kind() for kind in Analyzer.family if kind.usual) if value else ()
    if not isinstance(value, list | tuple):
        sentence = "expected true, false or a list of names, got {got}"
        raise refuse(sentence, value, *loc)
    return tuple(_one(item, *loc, index) for index, item in enumerate(value))


def _one(item: object, *loc: str | int) -> Analyzer:
    if isinstance(item, Analyzer):
        return item
    name, options = next(iter(item.items())) if isinstance(item, dict) and item else (item, {})
    if isinstance(item, dict) and len(item) > 1:
        raise refuse("expected one name with its options, got {got}", item, *loc)
    try:
        kind: type[Analyzer] = Analyzer.family.find(name, "name")
        return kind.model_validate(options)
    except ValidationError as error:
        raise retell(error, Analyzer, *loc) from None


def _write(wanted: Analysis, info: SerializationInfo) -> Any:
    parameters = [(one.name, one.write(info.context)) for one in wanted.want]
    names = [{name: options} if options else name for name, options in parameters]
    return names if wanted.of == "input" else {"of": wanted.of, "want": names}


class _Schema:
    """Lists the names that are known at that moment."""

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        del schema, handler
        alone = {"enum": Analyzer.family.names}
        items = {"anyOf": [alone, *(_with_options(kind) for kind in Analyzer.family)]}
        wanted = [{"type": "boolean"}, {"type": "array", "items": items}]
        of = {"enum": list(_SIDES), "default": "input"}
        sides = {
            "type": "object",
            "properties": {"of": of, "want": {"anyOf": wanted}},
            "additionalProperties": False,
        }
        return {"anyOf": [*wanted, sides]}


def _with_options(kind: type[Analyzer]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {kind.name: kind.raw_schema()},
        "required": [kind.name],
        "additionalProperties": False,
    }


Wanted = Annotated[Analysis, PlainValidator(_read), PlainSerializer(_write), _Schema()]
"""`true` for the usual measurements, a list of names, or `{"of": "output", "want": [...]}`."""
