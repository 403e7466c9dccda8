"""A reverse proxy that puts a server below another path, as people do."""

from __future__ import annotations

import http.client
import threading
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable

_PASSED_ON = ("content-type", "accept", "origin", "authorization")
_CHUNK = 65_536


class Prefixed:
    """Answers below `prefix` what the server at `url` answers."""

    def __init__(self, url: str, prefix: str) -> None:
        """Listen on a free port."""
        target = urlsplit(url).netloc

        class Handler(BaseHTTPRequestHandler):
            def _pass_on(self) -> None:
                path = self.path.removeprefix(prefix)
                if path == self.path:
                    self.send_error(404)
                    return
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                headers = {name: self.headers[name] for name in _PASSED_ON if name in self.headers}
                headers["Host"] = self.headers["Host"]
                with closing(http.client.HTTPConnection(target)) as server:
                    server.request(self.command, path, body or None, headers)
                    self._hand_over(server.getresponse())

            def _hand_over(self, answer: http.client.HTTPResponse) -> None:
                self.send_response(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in {"transfer-encoding", "connection"}:
                        self.send_header(name, value)
                self.end_headers()
                while some := answer.read1(_CHUNK):
                    self.wfile.write(some)
                    self.wfile.flush()

            do_GET: Callable[[], None] = _pass_on  # noqa: N815 - the library's names
            do_POST: Callable[[], None] = _pass_on  # noqa: N815 - as above

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

            def handle(self) -> None:
                try:
                    super().handle()
                except OSError:
                    return  # the browser went away

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
