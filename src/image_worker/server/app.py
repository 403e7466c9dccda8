"""The server put together."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from image_worker.component.explain import shown
from image_worker.errors import (
    ImageWorkerError,
    InvalidParameterError,
    RequestError,
    UnknownRouteError,
    WrongMethodError,
)
from image_worker.server import (
    batches,
    catalogue,
    direct,
    events,
    image,
    jobs,
    state,
    static,
    steps,
)
from image_worker.server.documents import describe
from image_worker.server.entrance import Entrance
from image_worker.server.failures import refusal
from image_worker.server.guard import Guard

if TYPE_CHECKING:
    from fastapi.responses import JSONResponse

    from image_worker.server.context import Context


def create_app(context: Context, ping: str = "/ping") -> FastAPI:
    """Return the application; `ping` is another path of the load balancer's probe."""
    app = FastAPI(
        title="worker-image", docs_url=None, redoc_url=None, telemetry=context.tracing.config
    )
    of_endpoints = jobs.router(context), batches.router(context)
    for router in (
        *of_endpoints,
        events.router(context),
        image.router(context),
        direct.router(context),
        steps.router(context),
        catalogue.router(context),
        state.router(context, ping),
    ):
        app.include_router(router)
    for router in of_endpoints:
        app.include_router(router, prefix="/v2/{endpoint_id}", include_in_schema=False)
    app.router.routes.extend(static.routes())
    app.add_exception_handler(ImageWorkerError, _told)
    app.add_exception_handler(HTTPException, _unrouted)
    app.add_exception_handler(RequestValidationError, _misread)
    app.openapi = cache(lambda: describe(app))  # type: ignore[method-assign]
    app.add_middleware(Guard, options=context.options, pages=frozenset({ping, *static.PAGES}))
    app.add_middleware(Entrance, requests=context.requests, files=static.FILES)
    return app


async def _told(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ImageWorkerError)  # noqa: S101 - what it is registered for
    return refusal(error)


async def _unrouted(request: Request, error: Exception) -> JSONResponse:
    """Answer where the framework knows no way."""
    assert isinstance(error, HTTPException)  # noqa: S101 - as above
    if error.status_code == WrongMethodError.status:
        allowed = (error.headers or {}).get("Allow", "another method")
        answer = refusal(WrongMethodError(f"expected {allowed}, got {request.method[:20]}"))
        answer.headers["Allow"] = allowed
        return answer
    if error.status_code == UnknownRouteError.status:
        return refusal(
            UnknownRouteError(
                f"expected one of the paths in /docs, got {shown(request.scope['path'])}"
            )
        )
    return refusal(RequestError(str(error.detail)))


async def _misread(_: Request, error: Exception) -> JSONResponse:
    """Answer where a parameter of a route cannot be read."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 - as above
    first = error.errors()[0]
    name = str(first["loc"][-1])
    sentence = f"{first['msg']}, got {shown(first.get('input'))}"
    return refusal(InvalidParameterError(sentence, path=name))
