"""What can be asked for, and whether a job is right."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request

from image_worker import catalog
from image_worker.errors import ImageWorkerError
from image_worker.job import failure, read_job
from image_worker.server import shapes
from image_worker.server.body import job_in, read_json
from image_worker.server.documents import job_schema

if TYPE_CHECKING:
    from collections.abc import Iterable

    from image_worker.server.context import Context

Json = dict[str, Any]


def router(context: Context) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(tags=["catalogue"])
    worker = context.service.worker

    @routes.get("/schema", summary="The JSON Schema of jobs")
    async def schema() -> Json:
        """Return the schema, from which forms can be made."""
        return job_schema()

    @routes.get("/operations", summary="Everything that there is, by name")
    async def operations() -> Json:
        """Return the names of operations, filters, formats and measurements, each in a line."""
        return {
            "operations": _lines(catalog.OPERATIONS),
            "filters": _lines(catalog.FILTERS),
            "formats": _lines(catalog.FORMATS),
            "measurements": _lines(catalog.ANALYZERS),
            "presets": {name: one.description for name, one in worker.presets.kept.items()},
        }

    @routes.post("/validate", summary="Whether a job is right", openapi_extra=shapes.ONE_JOB)
    async def validate(request: Request) -> Json:
        """Read a job without doing it: `valid`, or the error with its place."""
        options = context.options
        payload = await read_json(request, options.max_body_bytes, options.body_seconds)
        try:
            read_job(worker.presets.expand(job_in(payload)).payload, worker.limits)
        except ImageWorkerError as error:
            return {**failure(error), "valid": False}
        return {"success": True, "valid": True}

    return routes


def _lines(kinds: Iterable[type[Any]]) -> dict[str, str]:
    return {kind.name: inspect.cleandoc(kind.__doc__ or "").partition("\n")[0] for kind in kinds}
