"""The JSON Schema of a job, which documents, forms and clients are made from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from image_worker.catalog import ANALYZERS, FILTERS, FORMATS, OPERATIONS
from image_worker.job import Job
from image_worker.sources.base import Source

if TYPE_CHECKING:
    from collections.abc import Iterator

TYPES = {"object", "array", "string", "number", "integer", "boolean", "null"}
SUBSCHEMAS = {"oneOf", "anyOf", "allOf"}
MAPS = {"properties", "patternProperties", "$defs"}
KNOWN = {
    "type", "title", "description", "default", "const", "enum", "pattern", "format", "required",
    "additionalProperties", "items", "minItems", "maxItems", "prefixItems", "minimum", "maximum",
    "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength", "multipleOf", "$ref",
    "examples", "contentEncoding", "minProperties", "maxProperties", "propertyNames",
    "discriminator", "uniqueItems", *SUBSCHEMAS, *MAPS,
}  # fmt: skip


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    """Return the schema as somebody else reads it."""
    whole: dict[str, Any] = json.loads(json.dumps(Job.model_json_schema()))
    return whole


def every(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the schema and all schemas inside of it."""
    yield schema
    inner = [part for key in SUBSCHEMAS for part in schema.get(key, ())]
    inner += [part for key in MAPS for part in schema.get(key, {}).values()]
    items = [
        schema.get("items"),
        schema.get("additionalProperties"),
        *schema.get("prefixItems", ()),
    ]
    inner += [part for part in items if isinstance(part, dict)]
    for part in inner:
        yield from every(part)


def alternatives(schema: dict[str, Any], part: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what a part of the job may be, with references followed."""
    if "$ref" in part:
        return alternatives(schema, schema["$defs"][part["$ref"].removeprefix("#/$defs/")])
    inner = [part["items"]] if "items" in part else part.get("oneOf", part.get("anyOf"))
    return [each for one in inner for each in alternatives(schema, one)] if inner else [part]


def kinds(schema: dict[str, Any], key: str, tag: str) -> set[str]:
    """Return the tags of the alternatives of a key of the job."""
    parts = alternatives(schema, schema["properties"][key])
    return {part["properties"][tag]["const"] for part in parts if "properties" in part}


def test_only_words_of_json_schema_occur(schema: dict[str, Any]) -> None:
    for part in every(schema):
        assert set(part) <= KNOWN
        assert isinstance(part.get("required", []), list)
        assert set(part.get("required", ())) <= set(part.get("properties", {}))
        assert part.get("type", "object") in TYPES
        assert all(isinstance(part[key], list) and part[key] for key in SUBSCHEMAS & set(part))


def test_every_reference_leads_somewhere(schema: dict[str, Any]) -> None:
    names = {part["$ref"].removeprefix("#/$defs/") for part in every(schema) if "$ref" in part}
    assert names <= set(schema.get("$defs", {}))


def test_every_object_says_that_other_keys_are_refused(schema: dict[str, Any]) -> None:
    objects = [part for part in every(schema) if "properties" in part]
    is_open = [part for part in objects if part.get("additionalProperties") is not False]
    assert len(objects) > 20
    assert {part.get("title") for part in is_open} <= {"Preset"}  # it has variables


def test_the_whole_catalogue_is_in_it(schema: dict[str, Any]) -> None:
    assert kinds(schema, "operations", "type") == set(OPERATIONS.names)
    assert kinds(schema, "output", "format") == set(FORMATS.names)
    names = {json.dumps(part["const"]) for part in every(schema) if "const" in part}
    assert {json.dumps(name) for name in FILTERS.names} <= names
    assert set(ANALYZERS.names) <= set(json.dumps(schema["properties"]["analyze"]).split('"'))
    sources = alternatives(schema, schema["properties"]["image"])
    named = {name for part in sources for name in part.get("properties", ())}
    assert named >= set(Source.family.names)


def test_every_parameter_is_documented(schema: dict[str, Any]) -> None:
    for step in alternatives(schema, schema["properties"]["operations"]):
        assert step["description"]
        for part in alternatives(schema, step["properties"]["params"]):
            fields = [field for field in part["properties"].values() if "const" not in field]
            assert all(field.get("description") for field in fields), step["title"]


def test_a_bare_text_is_allowed_as_a_picture(schema: dict[str, Any]) -> None:
    parts = alternatives(schema, schema["properties"]["image"])
    assert "string" in {part.get("type") for part in parts}
