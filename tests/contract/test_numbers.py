"""Every number in a job is a number, whatever JSON text it comes from: none is guessed or cut."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from image_worker.catalog import ANALYZERS, FILTERS, FORMATS, OPERATIONS
from image_worker.job import Job
from image_worker.limits import Limits
from image_worker.operations.filter import Filter
from tests.job.making import FAILURE_KEYS, IMAGE, job, step, worker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from image_worker.worker import Worker

    Json = dict[str, Any]
    Place = tuple[str | int, ...]

NO_NUMBERS = ("true", '"100"', "NaN", "Infinity", "-Infinity", "1e999", "100000000000000000000")
"""JSON text, or what Python takes for it, that stands where a number belongs."""

HERE = "put a number here"
DEEPEST = 7
NOT_HERE = {"operation", "source", "filter", "analysis", "format"}
"""Families within others; each of their members is looked at on its own."""

REAL = {"source": IMAGE, "operation": step("flip", direction="both")}
"""What stands where a value of such a family must be."""

DEFINITIONS: Json = Job.model_json_schema()["$defs"]


def numbers(part: Json, depth: int = 0) -> Iterator[tuple[Place, Any]]:
    """Yield the place of every number that the schema allows, and a value that has one there."""
    if depth > DEEPEST:
        return
    name = part.get("$ref", "").rsplit("/", 1)[-1]
    if name and name not in NOT_HERE:
        yield from numbers(DEFINITIONS[name], depth + 1)
    for alternative in (*part.get("anyOf", ()), *part.get("oneOf", ())):
        yield from numbers(alternative, depth)
    if part.get("type") in {"integer", "number"}:
        yield (), HERE
    for key, inner in part.get("properties", {}).items():
        for place, value in numbers(inner, depth + 1):
            yield (key, *place), {**needed(part), key: value}
    items = _items(part)
    for index, item in enumerate(items):
        others = [least(other) for other in items]
        for place, value in numbers(item, depth + 1):
            yield (index, *place), [*others[:index], value, *others[index + 1 :]]


def needed(part: Json) -> Json:
    """Return the keys that an object must have, each with the least of what it may be."""
    return {key: least(part["properties"][key]) for key in part.get("required", ())}


def _items(part: Json) -> list[Json]:
    if "items" not in part:
        return part.get("prefixItems", [])
    return [part["items"]] * max(1, part.get("minItems", 1))


def least(part: Json) -> Any:
    """Return something that the schema allows."""
    while "$ref" in part or "anyOf" in part or "oneOf" in part:
        name = part.get("$ref", "").rsplit("/", 1)[-1]
        if name in REAL:
            return REAL[name]
        part = DEFINITIONS[name] if name else (part.get("anyOf") or part["oneOf"])[0]
    if "enum" in part or "const" in part:
        return part.get("const", part.get("enum", [None])[0])
    if part.get("type") == "array":
        return [least(item) for item in _items(part)]
    if part.get("type") == "object":
        return needed(part)
    text = "red" if part.get("format") == "color" else "x"
    simple = {"string": text, "boolean": False, "null": None}
    return simple.get(part.get("type", ""), part.get("minimum", 1))


@cache
def _worker() -> Worker:
    return worker()


def refused(whole: Json, place: str) -> None:
    """Put everything that is no number in its place, and check that this is told."""
    text = json.dumps(whole)
    assert text.count(HERE) == 1
    for no_number in NO_NUMBERS:
        payload = json.loads(text.replace(json.dumps(HERE), no_number))
        said = _worker().answer(payload)
        assert said.keys() == FAILURE_KEYS, (place, no_number, said)
        assert said["code"] == "invalid_parameter", (place, no_number, said)
        assert said["path"].startswith(place), (place, no_number, said)


def told(prefix: str, place: Place) -> str:
    """Return the first key of the place as an answer names it; unions end the path there."""
    return f"{prefix}.{place[0]}"


@pytest.mark.parametrize("name", sorted(set(OPERATIONS.names) - {"filter", "preset"}))
def test_of_operations(name: str) -> None:
    kind = OPERATIONS[name]
    for place, value in numbers(kind.model_json_schema()):
        if place[0] in kind.beside:
            whole = {**step(name, **_example(kind)), place[0]: value[place[0]]}
            refused(job(whole), told("operations[0]", place))
        else:
            whole = step(name, **{**_example(kind), **value})
            refused(job(whole), told("operations[0].params", place))


@pytest.mark.parametrize("name", sorted(set(FILTERS.names) - {Filter.name}))
def test_of_filters(name: str) -> None:
    kind = FILTERS[name]
    for place, value in numbers(kind.model_json_schema()):
        if place[0] not in kind.beside:
            whole = job(step("filter", **{"name": name, **_example(kind), **value}))
            refused(whole, told("operations[0].params", place))


@pytest.mark.parametrize("name", FORMATS.names)
def test_of_formats(name: str) -> None:
    for place, value in numbers(FORMATS[name].model_json_schema()):
        output = {"format": name, **value}
        refused(job(output=output), told("output", place))
        refused(job(outputs={"one": output}), "outputs.one.")


@pytest.mark.parametrize("name", ANALYZERS.names)
def test_of_measurements(name: str) -> None:
    for _, value in numbers(ANALYZERS[name].model_json_schema()):
        refused(job(analyze=[{name: value}]), "analyze[0]")


def test_of_limits() -> None:
    for name in Limits.model_fields:
        refused(job(limits={name: HERE}), f"limits.{name}")


@pytest.mark.parametrize("key", ["page", "pages"])
def test_of_sources(key: str) -> None:
    refused({**job(), "image": {**IMAGE, key: HERE}}, f"image.{key}")


def test_of_renditions() -> None:
    refused(job(outputs={"one": {"widths": [100, HERE]}}), "outputs.one.widths[1]")


@pytest.mark.parametrize(
    "no_number", [text for text in NO_NUMBERS if text not in {"true", '"100"'}]
)
@pytest.mark.parametrize("condition", ['{"width": %s}', '{"width": {">": %s}}'])
def test_of_conditions(condition: str, no_number: str) -> None:
    when = json.loads(condition % no_number)
    said = _worker().answer(job({**step("flip", direction="both"), "when": when}))
    assert said["code"] == "invalid_parameter"
    assert said["path"].startswith("operations[0].when.width")


def test_every_kind_of_number_is_looked_at() -> None:
    found = sum(1 for kind in (*OPERATIONS, *FILTERS) for _ in numbers(kind.model_json_schema()))
    assert found > 200


def _example(kind: Any) -> Json:
    return dict(kind.examples[0]) if kind.examples else {}
