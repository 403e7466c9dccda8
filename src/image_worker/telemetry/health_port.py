"""`/ping`, `/readyz` and `/metrics` of a worker that otherwise has no port at all."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from image_worker.telemetry.readiness import Readiness

_TEXT = "text/plain; version=0.0.4; charset=utf-8"
_JSON = "application/json"
_SECONDS = 10.0

Reply = tuple[int, str, bytes]


class HealthPort:
    """A small server on a thread of its own; it answers from the first moment on."""

    def __init__(
        self,
        port: int,
        readiness: Readiness,
        metrics: Callable[[], bytes],
        host: str = "",
        ping: str = "/ping",
    ) -> None:
        """Listen; raises an `OSError` if the port is taken.

        `ping` is another path of that probe.
        """
        self._pings = {"/ping", ping}
        self._readiness = readiness
        self._metrics = metrics
        self._server = _Server((host, port), _Exchange)
        self._server.reply = self._reply
        self._thread = threading.Thread(
            target=self._server.serve_forever, name="health", daemon=True
        )
        self._thread.start()

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self._server.server_address[1])

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _reply(self, path: str) -> Reply:
        if path in self._pings:
            return self._readiness.status, _TEXT, b""
        if path == "/readyz":
            reason = self._readiness.reason
            told = {"status": "unavailable", "reason": reason} if reason else {"status": "ok"}
            return 503 if reason else 200, _JSON, json.dumps(told).encode()
        if path == "/metrics":
            return 200, _TEXT, self._metrics()
        return 404, _JSON, b'{"error": "known are /ping, /readyz and /metrics"}'


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    reply: Callable[[str], Reply]


class _Exchange(BaseHTTPRequestHandler):
    server: _Server
    timeout = _SECONDS
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer a probe."""
        status, kind, body = self.server.reply(self.path.partition("?")[0])
        self.send_response(status)
        self.send_header("Content-Type", kind)
        if status != 204:  # noqa: PLR2004 - "no content" has no length either
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_HEAD = do_GET  # noqa: N815 - named by the library

    def log_message(self, *about: Any) -> None:
        """Say nothing of probes."""
