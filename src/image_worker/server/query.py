"""Jobs as query strings: `url=...&op=resize:width=800&op=filter:name=sharpen&format=webp`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from image_worker.component.explain import shown
from image_worker.errors import InvalidParameterError
from image_worker.strict_json import value

if TYPE_CHECKING:
    from collections.abc import Iterable

Json = dict[str, Any]

_OF_LINKS = frozenset({"signature", "key_id", "expires"})
_OF_JOBS = frozenset({"url", "sha256", "plan", "cache", "dry_run"})
_OUTPUT = "output."
_SEPARATOR = re.compile(r",(?=[a-z_.]+=)")
"""A comma that stands before the name of another parameter; others belong to a value."""


def job_of(query: Iterable[tuple[str, str]], *, takes: Iterable[str] = ()) -> Json:
    """Return the job that a query describes.

    `op` is a step and may be repeated, `preset` a preset, `url` the picture, `analyze` the names
    of measurements; `plan`, `cache` and `dry_run` stand for themselves, and all else belongs to
    the output.

    Args:
        query: Names and values.
        takes: Names that mean something else to the caller and are left out.
    """
    job: Json = {"operations": []}
    output: Json = {}
    others = _OF_LINKS | set(takes)
    for name, text in query:
        if name in others:
            continue
        if name == "op":
            job["operations"].append(operation(text))
        elif name == "preset":
            job["operations"].append({"type": "preset", "params": {"name": text}})
        elif name == "analyze":
            job.setdefault("analyze", []).extend(text.split(","))
        elif name in _OF_JOBS:
            job["image" if name == "url" else name] = value(text)
        else:
            _put(output, name.removeprefix(_OUTPUT), value(text))
    return {**job, **({"output": output} if output else {})}


def operation(text: str) -> Json:
    """Return the step that `name:key=value,key=value` or its JSON describes."""
    if text.startswith("{"):
        step = value(text)
        if not isinstance(step, dict):
            raise InvalidParameterError(f"expected a step as JSON, got {shown(text)}", path="op")
        return step
    name, _, rest = text.partition(":")
    params: Json = {}
    for part in _SEPARATOR.split(rest) if rest else ():
        key, equals, written = part.partition("=")
        if not (key and equals):
            raise InvalidParameterError(
                f"expected name:key=value,key=value, got {shown(text)}", path="op"
            )
        _put(params, key, value(written))
    return {"type": name, "params": params}


def values(query: Iterable[tuple[str, str]]) -> Json:
    """Return the object that names and values describe."""
    whole: Json = {}
    for name, text in query:
        _put(whole, name, value(text))
    return whole


def _put(whole: Json, name: str, what: Any) -> None:
    """Put a value at a name; dots lead into objects."""
    *steps, last = name.split(".")
    for step in steps:
        inner = whole.setdefault(step, {})
        if not isinstance(inner, dict):
            raise InvalidParameterError(f"cannot be an object and {shown(inner)}", path=step)
        whole = inner
    whole[last] = what
