"""What the API says of itself: the job's JSON Schema, and OpenAPI with it inside."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from fastapi.openapi.utils import get_openapi

from image_worker.catalog import OPERATIONS
from image_worker.job import Job
from image_worker.server.shapes import FAILURE, SCHEMAS
from image_worker.version import __version__

if TYPE_CHECKING:
    from fastapi import FastAPI

Json = dict[str, Any]

_DEFS, _COMPONENTS = "#/$defs/", "#/components/schemas/"
_ABOUT = """Images in, images out, by one JSON job: the job API of a RunPod endpoint, and routes
that take and answer the bytes of pictures directly."""


@cache
def job_schema() -> Json:
    """Return the JSON Schema of a job."""
    return Job.model_json_schema()


@cache
def components() -> Json:
    """Return the schemas of a job and its parts, as OpenAPI refers to them."""
    schema: Json = json.loads(json.dumps(job_schema()).replace(_DEFS, _COMPONENTS))
    parts: Json = schema.pop("$defs", {})
    return {**parts, "Job": schema}


@cache
def parameters(operation: str) -> Json:
    """Return the parameters of an operation by name, with their schemas."""
    steps = _alternatives(components()["Job"]["properties"]["operations"]["items"])
    step = next(one for one in steps if one["title"] == operation)
    kinds = _alternatives(step["properties"]["params"])
    return {name: schema for kind in kinds for name, schema in kind.get("properties", {}).items()}


def describe(app: FastAPI) -> Json:
    """Return the OpenAPI document."""
    document = get_openapi(
        title="worker-image",
        version=__version__,
        description=_ABOUT,
        routes=app.routes,
        tags=[
            {"name": "jobs", "description": "The job API of a RunPod endpoint."},
            {"name": "batches", "description": "The batch API of a RunPod endpoint."},
            {"name": "images", "description": "Pictures in, pictures out, without a queue."},
            {"name": "operations", "description": "One route for each operation."},
            {"name": "catalogue", "description": "What can be asked for."},
            {"name": "state", "description": "How the server is."},
        ],
    )
    for kind in OPERATIONS:
        route = document["paths"][f"/operations/{kind.name}"]["post"]
        route["parameters"] = [
            _parameter(name, schema) for name, schema in parameters(kind.name).items()
        ]
    for route in document["paths"].values():
        for operation in route.values():
            operation["responses"].pop("422", None)  # such a request is answered by 400 here
            operation["responses"]["default"] = FAILURE
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    del schemas["HTTPValidationError"], schemas["ValidationError"]
    document["components"]["schemas"] = {**components(), **SCHEMAS, **schemas}
    document["components"]["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
    document["security"] = [{}, {"key": []}]
    return document


def _parameter(name: str, schema: Json) -> Json:
    """Return a field of an operation as a parameter in the query."""
    return {
        "name": name,
        "in": "query",
        "description": schema.get("description", ""),
        "schema": {key: value for key, value in schema.items() if key != "description"},
    }


def _alternatives(schema: Json) -> list[Json]:
    """Return every schema that a value may fit."""
    if "$ref" in schema:
        return _alternatives(components()[schema["$ref"].removeprefix(_COMPONENTS)])
    several = schema.get("anyOf") or schema.get("oneOf")
    if several:
        return [one for part in several for one in _alternatives(part)]
    return [schema]
