"""A child and the process it is forked from, seen from outside."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import threading
from typing import TYPE_CHECKING, Any

from image_worker.engine.launch import Launched
from image_worker.engine.wire import Deadline, Line, rendered_from_json
from image_worker.errors import error_of

if TYPE_CHECKING:
    from image_worker.engine.isolation import Isolation
    from image_worker.engine.request import RenderRequest
    from image_worker.pipeline import Rendered

_READY_SECONDS = 30.0
"""How long a new child may take to say that it is ready, on the busiest machine."""

UNUSABLE = (EOFError, OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError)
"""What it looks like when a child ends, or answers something that makes no sense."""


class Child:
    """One process that does one job at a time."""

    def __init__(self, connection: socket.socket, handle: int, most_bytes: int) -> None:
        self._line = Line(connection, most_bytes)
        self._handle = handle
        self._waits = False
        self.locked: dict[str, Any] | None = None
        self.abilities: dict[str, Any] = {}

    def prepare(self, isolation: Isolation) -> None:
        """Tell it how to work, and wait until it is ready."""
        with self._line.until(Deadline(_READY_SECONDS)):
            self._line.send(
                {
                    "threads": isolation.threads,
                    "sandbox": isolation.sandbox,
                    "memory_bytes": isolation.memory_bytes,
                    "result_bytes": isolation.result_bytes,
                    "readable": [*isolation.readable, *isolation.models.readable],
                    "models": isolation.models.as_json(),
                }
            )
            ready, _ = self._line.receive()
        self._waits = True
        self.locked, self.abilities = ready["locked"], ready["abilities"]

    def run(self, request: RenderRequest, deadline: Deadline) -> Rendered:
        """Return the result.

        Raises an `ImageWorkerError` that the child tells of, a `TimeoutError`, or one of `UNUSABLE`
        where the child is of no use any more.
        """
        message = {
            "recipe": request.recipe,
            "digests": list(request.sources),
            "limits": request.limits.model_dump(),
            "svg": request.svg,
        }
        self._waits = False
        with self._line.until(deadline):
            self._line.send(message, list(request.sources.values()))
            answer, blobs = self._line.receive()
        self._waits = answer.get("spent") is not True
        if "error" in answer:
            error = answer["error"]
            raise error_of(error["code"])(str(error["message"]), path=str(error["path"]))
        return rendered_from_json(answer["rendered"], blobs)

    def is_idle(self) -> bool:
        """Tell whether it is alive, has answered whatever it was asked, and can do another job."""
        return self._waits and self._line.is_quiet()

    def stop(self) -> None:
        """End it at once, whatever it does, from any thread; who waits for its answer goes on."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._handle, signal.SIGKILL)
        with contextlib.suppress(OSError):
            self._line.hang_up()

    def kill(self) -> None:
        """End it at once, and let go of it."""
        self.stop()
        os.close(self._handle)
        self._line.close()


class Nursery:
    """The process that children are forked from; it is started when first needed."""

    def __init__(self, launched: Launched | None = None) -> None:
        """Take the process if it was started already."""
        self._lock = threading.Lock()
        self._launched = launched

    def start(self) -> None:
        """Start it now, without waiting until it can be asked for children."""
        with self._lock:
            self._running()

    def child(self, isolation: Isolation) -> Child:
        """Return a new child that is ready to work; raises an `OSError` or one of `UNUSABLE`."""
        ours, theirs = socket.socketpair()
        try:
            with theirs, self._lock:
                handle = self._forked(theirs)
        except BaseException:
            ours.close()
            raise
        child = Child(ours, handle, isolation.result_bytes)
        try:
            child.prepare(isolation)
        except BaseException:
            child.kill()
            raise
        return child

    def close(self) -> None:
        """End the process, and with it all children."""
        with self._lock:
            self._end()

    def _forked(self, theirs: socket.socket) -> int:
        """Ask for a child; a nursery that is gone is started again, once."""
        try:
            return self._running().fork(theirs)
        except OSError:
            self._end()
            return self._running().fork(theirs)

    def _running(self) -> Launched:
        if not (self._launched and self._launched.alive):
            self._end()
            self._launched = Launched()
        return self._launched

    def _end(self) -> None:
        if self._launched:
            self._launched.end()
        self._launched = None
