"""Random values for a JSON Schema, for hypothesis: whatever the catalogue holds is drawn."""

from __future__ import annotations

import base64
from functools import cache
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from image_worker import Job
from tests.pictures import encoded, noise

if TYPE_CHECKING:
    from image_worker.component import Component

Json = dict[str, Any]
Draw = st.SearchStrategy[Any]

DEEPEST = 4
"""How far values may stand inside of each other."""

COLOURS = [
    "red",
    "#0088ff",
    "#ff880080",
    "rgb(10 20 30 / 50%)",
    "transparent",
    [1, 2, 3],
    [9, 9, 9, 0],
]
LENGTHS = st.one_of(
    st.integers(1, 90),
    st.integers(1, 120).map(lambda share: f"{share}%"),
    st.sampled_from(["20vmin", "30vmax", "12.5%", "7px"]),
)
PLACES = st.one_of(st.integers(-20, 90), st.integers(-10, 110).map(lambda share: f"{share}%"))
SMALL = base64.b64encode(encoded(noise((24, 16), bands=4))).decode()
CONDITIONS = [{"width": {">": 20}}, {"has_alpha": True}, {"pages": {"=": 1}}]
LARGEST = 70
"""Numbers are drawn up to here where the schema allows far more, so that pictures stay small."""


@cache
def schema() -> Json:
    return Job.model_json_schema()


def values(part: Json, depth: int = 0) -> Draw:
    """Return a strategy for what the schema allows."""
    if "$ref" in part:
        return _referred(part["$ref"].rsplit("/", 1)[-1], depth)
    if "const" in part:
        return st.just(part["const"])
    if "enum" in part:
        return st.sampled_from(part["enum"])
    if "anyOf" in part or "oneOf" in part:
        return _alternatives(part.get("anyOf") or part["oneOf"], depth)
    return _typed(part, depth)


def objects(part: Json, depth: int, leave_out: frozenset[str] = frozenset()) -> Draw:
    """Return objects with all keys that must be there and some that may."""
    required = set(part.get("required", ()))
    properties = {
        key: value for key, value in part.get("properties", {}).items() if key not in leave_out
    }
    if depth >= DEEPEST:
        properties = {key: value for key, value in properties.items() if key in required}
    must = {key: values(value, depth + 1) for key, value in properties.items() if key in required}
    may = {
        key: values(value, depth + 1) for key, value in properties.items() if key not in required
    }
    return st.fixed_dictionaries(must, optional=may)


def parameters(kind: type[Component]) -> Draw:
    """Return parameters of one kind of component."""
    whole = kind.model_json_schema()
    schema()["$defs"].update(whole.get("$defs", {}))
    return objects(whole, 1, kind.beside)


def _referred(name: str, depth: int) -> Draw:
    if name == "source":
        return st.just({"base64": SMALL})
    if name == "operation":
        return st.just({"type": "filter", "params": {"name": "grayscale"}})
    if name == "selector" and depth >= DEEPEST - 1:
        return st.sampled_from(["all", "transparent", {"left": 3, "right": "80%"}])
    return st.deferred(lambda: values(schema()["$defs"][name], depth))


def _alternatives(parts: list[Json], depth: int) -> Draw:
    patterns = [part.get("pattern", "") for part in parts]
    if any("vmin" in pattern for pattern in patterns):
        least = min(part.get("minimum", 0) for part in parts if part.get("type") == "integer")
        return LENGTHS if least > 0 else st.one_of(LENGTHS, PLACES if least < 0 else st.just(0))
    if any(part.get("format") == "color" for part in parts):
        return st.sampled_from(COLOURS)
    return st.one_of([values(part, depth) for part in parts])


def _typed(part: Json, depth: int) -> Draw:
    if part.get("type") == "object" and "properties" in part:
        return objects(part, depth)
    if part.get("type") == "array":
        return _lists(part, depth)
    simple = {
        "null": lambda _: st.none(),
        "boolean": lambda _: st.booleans(),
        "integer": _integers,
        "number": _numbers,
        "string": _texts,
        "object": lambda _: st.sampled_from(CONDITIONS),
    }
    return simple[part["type"]](part) if "type" in part else st.just({})


def _integers(part: Json) -> Draw:
    least = part.get("minimum", 0)
    return st.integers(least, max(least, min(part.get("maximum", LARGEST), LARGEST)))


def _numbers(part: Json) -> Draw:
    least = part.get("minimum", part.get("exclusiveMinimum", -LARGEST))
    most = min(part.get("maximum", part.get("exclusiveMaximum", LARGEST)), LARGEST)
    return st.floats(
        least,
        max(least, most),
        exclude_min="exclusiveMinimum" in part and least < most,
        exclude_max="exclusiveMaximum" in part and least < most,
    ).map(lambda number: round(number, 3) or least)


def _texts(part: Json) -> Draw:
    if "pattern" in part:
        return st.from_regex(part["pattern"], fullmatch=True)
    return st.text(
        st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12
    )


def _lists(part: Json, depth: int) -> Draw:
    if "prefixItems" in part:
        return st.tuples(*(values(item, depth + 1) for item in part["prefixItems"])).map(list)
    least = part.get("minItems", 0)
    return st.lists(
        values(part.get("items", {}), depth + 1),
        min_size=least,
        max_size=min(part.get("maxItems", 4), max(4, least)),
    )
