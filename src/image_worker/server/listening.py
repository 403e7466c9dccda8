"""The HTTP server itself."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from typing import TYPE_CHECKING

import uvicorn

from image_worker.settings import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from starlette.types import ASGIApp

    from image_worker.server.binding import Binding

_KEEP_ALIVE_SECONDS = 75
"""Longer than load balancers keep a connection that nobody uses: they shall end it, not we."""
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_BACKLOG = 2048


def listen(binding: Binding) -> socket.socket:
    """Return the socket; raises a `SettingsError` where nobody can listen there."""
    family = socket.AF_INET6 if ":" in binding.host else socket.AF_INET
    try:
        return socket.create_server((binding.host, binding.port), family=family, backlog=_BACKLOG)
    except OSError as error:
        raise SettingsError(
            f"cannot listen on {binding.host}, port {binding.port}: {error.strerror}"
        ) from None


class Server(uvicorn.Server):
    """Tells when it is asked to stop, so that nothing new is begun from then on."""

    def __init__(self, app: ASGIApp, seconds: float, stopping: Callable[[], None]) -> None:
        """Take the application, and how long its requests may take at the end."""
        super().__init__(
            uvicorn.Config(
                app,
                log_level="warning",
                access_log=False,
                server_header=False,
                proxy_headers=False,
                lifespan="on",
                timeout_keep_alive=_KEEP_ALIVE_SECONDS,
                timeout_graceful_shutdown=max(1, round(seconds)),
            )
        )
        self._stopping: Callable[[], None] | None = stopping

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Listen for signals meanwhile.

        Uvicorn raises them again at its end, which would end the process before the queue and the
        children are closed.
        """
        before = {number: signal.signal(number, self.handle_exit) for number in _SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to stop; a second signal waits for nobody."""
        self.force_exit = self.should_exit
        super().handle_exit(sig, frame)
        stopping, self._stopping = self._stopping, None
        if stopping:
            asyncio.get_running_loop().call_soon_threadsafe(stopping)
