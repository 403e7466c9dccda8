"""What surrounds every request: its name, its place in the metrics, and a last resort."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from starlette.requests import ClientDisconnect

from image_worker.errors import ImageWorkerError
from image_worker.server.failures import refusal
from image_worker.server.request_id import name_request

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from image_worker.telemetry.requests import Requests

log = logging.getLogger(__name__)

_HEADER = b"x-request-id"
_NO_ROUTE = "none"
_GONE = 499
"""What is counted where the caller left before there was an answer."""


class Entrance:
    """Names each request, counts it by its route, and answers where nobody foresaw a failure."""

    def __init__(self, app: ASGIApp, requests: Requests, files: str) -> None:
        """Take the application, the metrics, and the path below which files are served."""
        self._app = app
        self._requests = requests
        self._files = f"{files}/"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = time.perf_counter(), _GONE
        asked = next((value for key, value in scope["headers"] if key == _HEADER), b"")
        name = name_request(asked.decode("latin-1")).encode()

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (_HEADER, name)]
            await send(message)

        try:
            await self._app(scope, receive, noted)
        except ClientDisconnect:
            pass  # there is nobody to answer
        except Exception:
            log.exception("request %s failed in a way that nobody foresaw", name.decode())
            if status != _GONE:  # the answer has begun; cutting it off is all that is left
                raise
            error = ImageWorkerError("internal error; the server's log says more")
            await refusal(error)(scope, receive, noted)
        finally:
            seconds = time.perf_counter() - started
            self._requests.add(self._route(scope), scope["method"], status, seconds)

    def _route(self, scope: Scope) -> str:
        """Return the template of the route: what callers put into a path is no label."""
        route = getattr(scope.get("route"), "path", None)
        if isinstance(route, str):
            return route
        endpoint = scope.get("endpoint")
        if endpoint is None:
            return _NO_ROUTE
        return f"{self._files}..." if scope["path"].startswith(self._files) else scope["path"]
