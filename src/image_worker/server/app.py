"""The server put together."""

from __future__ import annotations

import logging
from functools import cache
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request

from image_worker.errors import ImageWorkerError
from image_worker.server import catalogue, direct, events, image, jobs, state, static, steps
from image_worker.server.documents import describe
from image_worker.server.failures import refusal
from image_worker.server.guard import Guard

if TYPE_CHECKING:
    from fastapi.responses import JSONResponse

    from image_worker.server.context import Context

log = logging.getLogger(__name__)


def create_app(context: Context, ping: str = "/ping") -> FastAPI:
    """Return the application; `ping` is another path of the load balancer's probe."""
    app = FastAPI(title="worker-image", docs_url=None, redoc_url=None)
    jobs_api = jobs.router(context.jobs, context.options)
    for router in (
        jobs_api,
        events.router(context),
        image.router(context),
        direct.router(context),
        steps.router(context),
        catalogue.router(context),
        state.router(context, ping),
    ):
        app.include_router(router)
    app.include_router(jobs_api, prefix="/v2/{endpoint_id}", include_in_schema=False)
    app.router.routes.extend(static.routes())
    app.add_exception_handler(ImageWorkerError, _told)
    app.add_exception_handler(Exception, _untold)
    app.openapi = cache(lambda: describe(app))  # type: ignore[method-assign]
    app.add_middleware(Guard, options=context.options, pages=frozenset({ping, *static.PAGES}))
    return app


async def _told(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ImageWorkerError)  # noqa: S101 - what it is registered for
    return refusal(error)


async def _untold(_: Request, error: Exception) -> JSONResponse:
    log.error("a request failed in a way that nobody foresaw", exc_info=error)
    return refusal(ImageWorkerError("internal error; the server's log says more"))
