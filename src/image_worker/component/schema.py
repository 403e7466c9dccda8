"""JSON Schema in which every family stands once, so that families may hold each other."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

Json = dict[str, Any]

MENTION = "x-family"
"""Stands where a family is meant, until the whole schema is put together."""

WRITERS: dict[str, Callable[[], Json]] = {}
"""What writes the schema of each family, by the name of its definition."""


def complete(schema: Json) -> Json:
    """Return the schema with a definition for every family that it mentions."""
    definitions: Json = {}
    root = _settled(schema, definitions)
    return {**root, "$defs": definitions} if definitions else dict(root)


def _settled(part: Any, definitions: Json) -> Any:
    if isinstance(part, list):
        return [_settled(item, definitions) for item in part]
    if not isinstance(part, dict):
        return part
    for name, definition in part.get("$defs", {}).items():
        _define(name, partial(dict, definition), definitions)
    rest = {
        key: _settled(value, definitions)
        for key, value in part.items()
        if key not in {"$defs", MENTION}
    }
    if MENTION not in part:
        return rest
    name = part[MENTION]
    _define(name, WRITERS[name], definitions)
    return {"$ref": f"#/$defs/{name}", **rest}


def _define(name: str, write: Callable[[], Json], definitions: Json) -> None:
    if name not in definitions:
        definitions[name] = {}  # families that hold each other meet themselves again
        definitions[name] = _settled(write(), definitions)
