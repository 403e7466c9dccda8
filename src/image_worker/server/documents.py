"""What the API says of itself: the job's JSON Schema, and OpenAPI with it inside."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from fastapi.openapi.utils import get_openapi

from image_worker.job import Job
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
            {"name": "images", "description": "Pictures in, pictures out, without a queue."},
            {"name": "operations", "description": "One route for each operation."},
            {"name": "catalogue", "description": "What can be asked for."},
            {"name": "state", "description": "How the server is."},
        ],
    )
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    document["components"]["schemas"] = {**components(), **schemas}
    document["components"]["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
    document["security"] = [{}, {"key": []}]
    return document


def _alternatives(schema: Json) -> list[Json]:
    """Return every schema that a value may fit."""
    if "$ref" in schema:
        return _alternatives(components()[schema["$ref"].removeprefix(_COMPONENTS)])
    several = schema.get("anyOf") or schema.get("oneOf")
    if several:
        return [one for part in several for one in _alternatives(part)]
    return [schema]
