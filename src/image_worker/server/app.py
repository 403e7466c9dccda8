"""The server put together."""

from __future__ import annotations

import logging
from functools import cache
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request

from image_worker.errors import ImageWorkerError
from image_worker.server import catalogue, direct, image, state, static, steps
from image_worker.server.documents import describe
from image_worker.server.failures import refusal
from image_worker.server.guard import Guard

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from fastapi.responses import JSONResponse

    from image_worker.server.readiness import Readiness
    from image_worker.server.service import Service

log = logging.getLogger(__name__)


def create_app(
    service: Service,
    readiness: Readiness,
    lifespan: AbstractAsyncContextManager[None] | None = None,
    ping: str = "/ping",
) -> FastAPI:
    """Return the application.

    Args:
        service: The worker and the options.
        readiness: Where the server is in its life.
        lifespan: What runs beside the application, from its start to its end.
        ping: Another path of the load balancer's probe.
    """
    app = FastAPI(
        title="worker-image",
        docs_url=None,
        redoc_url=None,
        lifespan=(lambda _: lifespan) if lifespan else None,
    )
    for router in (
        state.router(readiness, ping),
        catalogue.router(service),
        image.router(service),
        direct.router(service),
        steps.router(service),
    ):
        app.include_router(router)
    app.router.routes.extend(static.routes())
    app.add_exception_handler(ImageWorkerError, _told)
    app.add_exception_handler(Exception, _untold)
    app.openapi = cache(lambda: describe(app))  # type: ignore[method-assign]
    app.add_middleware(Guard, options=service.options, pages=frozenset({ping, *static.PAGES}))
    return app


async def _told(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ImageWorkerError)  # noqa: S101 - what it is registered for
    return refusal(error)


async def _untold(_: Request, error: Exception) -> JSONResponse:
    log.error("a request failed in a way that nobody foresaw", exc_info=error)
    return refusal(ImageWorkerError("internal error; the server's log says more"))
