"""Who may call: what every request has to pass before it reaches a route."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from image_worker.errors import (
    ForbiddenOriginError,
    ImageWorkerError,
    LinkError,
    UnauthorizedError,
)
from image_worker.server.failures import refusal
from image_worker.server.static import FILES

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from image_worker.server.options import Options

_OPEN = frozenset({"/ping", "/healthz", "/readyz"})
"""Paths that tell nothing and change nothing, so that probes need no key."""
_LINKS = "/image"
"""The path for which a signed link opens as well as a key."""
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Guard:
    """Lets through only those that may call."""

    def __init__(self, app: ASGIApp, options: Options, pages: frozenset[str]) -> None:
        """Take the application, and the paths of the page's own files, which hold no secret."""
        self._app = app
        self._options = options
        self._open = _OPEN | pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        try:
            self._check(scope, headers)
        except ImageWorkerError as error:
            await refusal(error)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _check(self, scope: Scope, headers: dict[str, str]) -> None:
        doors, host = self._options.doors, headers.get("host")
        if not doors.host_is_ours(host):
            raise ForbiddenOriginError(
                "expected a Host that is this server's name; name others with allowed_hosts"
            )
        if scope["method"] not in _SAFE and not doors.origin_may_call(headers.get("origin"), host):
            raise ForbiddenOriginError(
                "expected a page of this server to call; name others with allowed_origins"
            )
        path = scope["path"]
        if path in self._open or path.startswith(f"{FILES}/"):
            return
        if self._options.keys.open(headers.get("authorization")):
            return
        if path == _LINKS and self._options.link_keys:
            self._check_link(scope)
        elif self._options.keys:
            raise UnauthorizedError(
                "expected one of this server's keys as Authorization: Bearer KEY"
            )

    def _check_link(self, scope: Scope) -> None:
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        try:
            self._options.link_keys.check(query)
        except LinkError:
            if not self._options.keys and not any(name == "signature" for name, _ in query):
                raise LinkError("expected a signed link: this server has keys for links") from None
            raise
