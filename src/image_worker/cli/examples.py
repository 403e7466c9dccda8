"""One step, as it is written in JSON, on the command line and in Python."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

Json = dict[str, Any]


def as_json(name: str, params: Json, beside: Json) -> str:
    """Return the step as it stands in a job."""
    return json.dumps({"type": name, "params": params, **beside}, ensure_ascii=False)


def as_words(name: str, values: Mapping[str, Any]) -> str:
    """Return what is typed after the files."""
    words = [name.replace("_", "-")]
    for key, value in values.items():
        words += typed(key, value)
    return shlex.join(words)


def as_python(name: str, params: Json, beside: Json) -> str:
    """Return the call of the library."""
    step = repr({name: params, **beside})
    return f'process("photo.jpg", [{step}]).save("out.jpg")'


def typed(key: str, value: Any) -> list[str]:
    """Return the words of one flag."""
    flag = f"--{key.replace('_', '-')}"
    if isinstance(value, bool):
        return [flag if value else f"--no-{flag[2:]}"]
    if isinstance(value, dict) and set(value) == {"url"}:
        return [flag, value["url"]]
    return [flag, value if isinstance(value, str) else json.dumps(value)]


def parted(parameters: Json, beside: frozenset[str]) -> tuple[Json, Json]:
    """Return the parameters of an example, and what stands beside them."""
    outer = {key: parameters[key] for key in sorted(beside) if key in parameters}
    return {key: value for key, value in parameters.items() if key not in outer}, outer
