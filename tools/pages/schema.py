"""Says in words what a JSON Schema allows."""

from __future__ import annotations

import json
from typing import Any

Json = dict[str, Any]

_NAMES = {
    "selector": "[selector](#selectors)",
    "source": "[source](#sources)",
    "operation": "steps",
    "format": "[format](#formats)",
}
_LENGTH = {"integer", "string"}


def table(schema: Json, leave_out: frozenset[str] = frozenset()) -> str:
    """Return a table of the properties of an object."""
    rows = [
        (name, allowed(part), default(part), meaning(part))
        for name, part in schema.get("properties", {}).items()
        if name not in leave_out
    ]
    if not rows:
        return "No parameters.\n"
    lines = ["| name | value | default | meaning |", "|---|---|---|---|"]
    lines += [f"| `{name}` | {value} | {rest} | {text} |" for name, value, rest, text in rows]
    return "\n".join(lines) + "\n"


def allowed(part: Json) -> str:
    """Return what values may stand there."""
    if "$ref" in part or "x-family" in part:
        name = part.get("x-family") or part["$ref"].rsplit("/", 1)[-1]
        return _NAMES.get(name, "object")
    if "const" in part:
        return f"`{json.dumps(part['const'])}`"
    if "enum" in part:
        return ", ".join(f"`{value}`" for value in part["enum"])
    if "anyOf" in part or "oneOf" in part:
        return _alternatives(part.get("anyOf") or part["oneOf"])
    return _simple(part)


def default(part: Json) -> str:
    """Return the default as JSON, or nothing."""
    return f"`{json.dumps(part['default'])}`" if part.get("default") is not None else ""


def meaning(part: Json) -> str:
    """Return the documentation in one line."""
    return " ".join(part.get("description", "").split()).replace("|", "\\|")


def _alternatives(parts: list[Json]) -> str:
    parts = [part for part in parts if part.get("type") != "null"]
    pattern = next((part["pattern"] for part in parts if "vmin" in part.get("pattern", "")), None)
    if pattern:
        return "length"
    if any(part.get("format") == "color" for part in parts):
        return "color"
    return " or ".join(dict.fromkeys(allowed(part) for part in parts))


def _simple(part: Json) -> str:
    kind = part.get("type", "anything")
    words = {"integer": "whole number", "number": "number", "string": "text", "object": "object"}
    if kind == "array":
        items = part.get("items")
        return f"list of {allowed(items)}" if isinstance(items, dict) and items else "list"
    if kind == "boolean":
        return "`true`, `false`"
    low = part.get("minimum", part.get("exclusiveMinimum"))
    high = part.get("maximum", part.get("exclusiveMaximum"))
    span = ""
    if low is not None and high is not None:
        span = f", {low:g} to {high:g}"
    elif low is not None:
        span = f", {'above' if 'exclusiveMinimum' in part else 'at least'} {low:g}"
    elif high is not None:
        span = f", at most {high:g}"
    return f"{words.get(kind, kind)}{span}"
