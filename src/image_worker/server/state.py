"""Whether the server is alive, ready, and what it has done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from image_worker.server import shapes
from image_worker.telemetry.metrics import CONTENT_TYPE

if TYPE_CHECKING:
    from image_worker.server.context import Context


def router(context: Context, ping: str) -> APIRouter:
    """Return the probes; `ping` is the path that RunPod's load balancer asks."""
    routes = APIRouter(tags=["state"])
    readiness = context.readiness

    async def pinged() -> Response:
        """Answer 200 when ready, 204 while starting, and 503 while stopping."""
        return Response(status_code=readiness.status)

    for path in dict.fromkeys((ping, "/ping")):
        routes.add_api_route(
            path, pinged, methods=["GET"], summary="Ready?",
            response_class=Response, responses=shapes.PING,
        )  # fmt: skip

    @routes.get("/healthz", summary="Alive?")
    async def healthz() -> dict[str, str]:
        """Answer as long as the process can."""
        return {"status": "ok"}

    @routes.get("/readyz", summary="Ready, and if not, why?")
    async def readyz() -> JSONResponse:
        """Answer 200 when jobs are taken, else 503 with the reason."""
        reason = readiness.reason
        body = {"status": "unavailable", "reason": reason} if reason else {"status": "ok"}
        return JSONResponse(body, status_code=503 if reason else 200)

    @routes.get(
        "/metrics",
        summary="Counts and times for Prometheus",
        response_class=Response,
        responses=shapes.METRICS,
    )
    async def metrics() -> Response:
        """Return all metrics in the form that Prometheus reads."""
        await context.figures.refresh()
        return Response(context.metrics.text(), media_type=CONTENT_TYPE)

    return routes
