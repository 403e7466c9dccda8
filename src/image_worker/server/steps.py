"""One route for each operation of the catalogue, with its parameters in the query."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response

from image_worker import catalog
from image_worker.server import shapes
from image_worker.server.body import read_body
from image_worker.server.direct import answered
from image_worker.server.documents import parameters
from image_worker.server.query import job_of, values

if TYPE_CHECKING:
    from image_worker.component import Component
    from image_worker.server.context import Context


def router(context: Context) -> APIRouter:
    """Return a route `POST /operations/NAME` for each operation."""
    routes = APIRouter(tags=["operations"])
    for kind in catalog.OPERATIONS:
        _add(routes, kind, context)
    return routes


def _add(routes: APIRouter, kind: type[Component], context: Context) -> None:
    async def step(request: Request) -> Response:
        body = await read_body(
            request, context.options.max_body_bytes, context.options.body_seconds
        )
        pairs = request.query_params.multi_items()
        takes = parameters(kind.name).keys()
        job = job_of(pairs, takes=takes)
        job["operations"] = [
            {"type": kind.name, "params": values((k, v) for k, v in pairs if k in takes)}
        ]
        files = {"image": body} if body else {}
        if files:
            job["image"] = {"upload": "image"}
        return await answered(request, context, job, files)

    routes.add_api_route(
        f"/operations/{kind.name}",
        step,
        methods=["POST"],
        summary=kind.name,
        description=inspect.cleandoc(kind.__doc__ or ""),
        operation_id=f"operation_{kind.name}",
        responses=shapes.PICTURE,
        openapi_extra=shapes.ONE_PICTURE,
    )
