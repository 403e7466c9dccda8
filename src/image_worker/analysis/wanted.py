"""How a job says what it wants to know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import PlainSerializer, PlainValidator, ValidationError

from image_worker.analysis.base import Analyzer
from image_worker.component import refuse, retell

if TYPE_CHECKING:
    from pydantic import GetJsonSchemaHandler
    from pydantic_core import CoreSchema


def _read(value: object) -> tuple[Analyzer, ...]:
    if isinstance(value, bool):
        return tuple(kind() for kind in Analyzer.family if kind.usual) if value else ()
    if not isinstance(value, list | tuple):
        raise refuse("expected true, false or a list of names, got {got}", value)
    return tuple(_one(item, index) for index, item in enumerate(value))


def _one(item: object, index: int) -> Analyzer:
    if isinstance(item, Analyzer):
        return item
    name, options = next(iter(item.items())) if isinstance(item, dict) and item else (item, {})
    try:
        kind: type[Analyzer] = Analyzer.family.find(name, "name")
        return kind.model_validate(options)
    except ValidationError as error:
        raise retell(error, Analyzer, index) from None


def _write(wanted: tuple[Analyzer, ...]) -> list[Any]:
    return [{one.name: one.write()} if one.write() else one.name for one in wanted]


class _Schema:
    """Lists the names that are known at that moment."""

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        del schema, handler
        names = {"enum": Analyzer.family.names}
        return {"anyOf": [{"type": "boolean"}, {"type": "array", "items": names}]}


Wanted = Annotated[tuple[Analyzer, ...], PlainValidator(_read), PlainSerializer(_write), _Schema()]
"""`true` for the usual measurements, or a list of names."""
