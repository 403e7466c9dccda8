"""Renders in disposable processes: a crash, a hang or a memory explosion costs one job only."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from image_worker.engine import wire
from image_worker.errors import (
    DecoderCrashedError,
    ImageWorkerError,
    JobTimeoutError,
    error_of,
)

if TYPE_CHECKING:
    from image_worker.cancel import Cancel
    from image_worker.engine.request import RenderRequest
    from image_worker.pipeline import Rendered

_READY_SECONDS = 30.0
"""How long a new child may take to say that it is ready, on the busiest machine."""


@dataclass(frozen=True, slots=True)
class Isolation:
    """How children are kept."""

    children: int = 2
    """Children that work at once."""
    threads: int = 1
    """Threads of each child."""
    job_seconds: float = 30.0
    """How long a job may take from the moment it gets its child."""
    memory_bytes: int = 3_000_000_000
    """Address space of a child; libraries and threads count too."""
    result_bytes: int = 500_000_000
    """Bytes of the results of one job."""
    sandbox: bool = True
    """Whether children are locked down as far as the machine allows."""


class Child:
    """One process that does one job at a time."""

    def __init__(self, connection: socket.socket, handle: int) -> None:
        self._connection = connection
        self._handle = handle
        self.locked: dict[str, Any] | None = None

    def prepare(self, isolation: Isolation) -> None:
        """Tell it how to work, and wait until it is ready."""
        self._connection.settimeout(_READY_SECONDS)
        wire.send(
            self._connection,
            {
                "threads": isolation.threads,
                "sandbox": isolation.sandbox,
                "memory_bytes": isolation.memory_bytes,
                "result_bytes": isolation.result_bytes,
            },
        )
        ready, _ = wire.receive(self._connection)
        self.locked = ready["locked"]

    def run(self, request: RenderRequest, seconds: float) -> Rendered:
        """Return the result; raises `TimeoutError` or `EOFError` where the child is of no use."""
        self._connection.settimeout(seconds)
        message = {
            "recipe": request.recipe,
            "digests": list(request.sources),
            "limits": request.limits.model_dump(),
            "svg": request.svg,
        }
        wire.send(self._connection, message, list(request.sources.values()))
        answer, blobs = wire.receive(self._connection)
        if "error" in answer:
            error = answer["error"]
            raise error_of(error["code"])(error["message"], path=error["path"])
        return wire.rendered_from_json(answer["rendered"], blobs)

    def kill(self) -> None:
        """End it at once, whatever it does."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._handle, signal.SIGKILL)
        os.close(self._handle)
        self._connection.close()


class Nursery:
    """The process that children are forked from, seen from outside."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._server: socket.socket | None = None

    def child(self, isolation: Isolation) -> Child:
        """Return a new child that is ready to work."""
        ours, theirs = socket.socketpair()
        with theirs, self._lock:
            handle = self._forked(theirs)
        child = Child(ours, handle)
        try:
            child.prepare(isolation)
        except BaseException:
            child.kill()
            raise
        return child

    def close(self) -> None:
        """End the process, and with it all children."""
        with self._lock:
            if self._process:
                self._process.kill()
                self._process.wait()
            if self._server:
                self._server.close()
            self._process = self._server = None

    def _forked(self, theirs: socket.socket) -> int:
        """Ask for a child; a nursery that is gone is started again, once."""
        try:
            return self._ask(self._running(), theirs)
        except OSError:
            if self._process:
                self._process.kill()
                self._process.wait()
            return self._ask(self._running(), theirs)

    def _running(self) -> socket.socket:
        if self._process and self._server and self._process.poll() is None:
            return self._server
        if self._server:
            self._server.close()
        self._server, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own module, our own interpreter
                [sys.executable, "-m", "image_worker.engine.nursery", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
            )
        return self._server

    @staticmethod
    def _ask(server: socket.socket, theirs: socket.socket) -> int:
        socket.send_fds(server, [b"f"], [theirs.fileno()])
        message, files, _, _ = socket.recv_fds(server, 1, 1)
        if not message or not files:
            raise ConnectionResetError
        return files[0]


class IsolatedEngine:
    """Renders in children, as many at once as there are."""

    def __init__(self, isolation: Isolation | None = None) -> None:
        self._isolation = isolation or Isolation()
        self._nursery = Nursery()
        self._idle: queue.LifoQueue[Child | None] = queue.LifoQueue()
        for _ in range(self._isolation.children):
            self._idle.put(None)  # made when first needed

    def warm(self) -> None:
        """Make all children now, so that the first jobs do not wait for them."""
        taken = [self._idle.get() for _ in range(self._isolation.children)]
        for child in taken:
            self._idle.put(child or self._nursery.child(self._isolation))

    def run(self, request: RenderRequest, cancel: Cancel | None = None) -> Rendered:
        """Return the result; raises an `ImageWorkerError`."""
        if cancel:
            cancel.check()
        child = self._idle.get()
        try:
            child, rendered = self._tried(child, request)
        except BaseException:
            self._idle.put(None)
            raise
        self._idle.put(child)
        if isinstance(rendered, ImageWorkerError):
            raise rendered
        return rendered

    def close(self) -> None:
        """End all children; those that work are waited for."""
        for _ in range(self._isolation.children):
            child = self._idle.get()
            if child:
                child.kill()
        self._nursery.close()

    def _tried(
        self, child: Child | None, request: RenderRequest
    ) -> tuple[Child, Rendered | ImageWorkerError]:
        """Return the child, still of use, and the result; a crash is tried again on a fresh one."""
        for fresh in (False, True):
            if child is None or fresh:
                child = self._nursery.child(self._isolation)
            try:
                return child, child.run(request, self._isolation.job_seconds)
            except ImageWorkerError as error:
                return child, error
            except TimeoutError:
                child.kill()
                seconds = self._isolation.job_seconds
                raise JobTimeoutError(f"the job took longer than {seconds:g} seconds") from None
            except (EOFError, OSError, ValueError, KeyError):
                child.kill()
        raise DecoderCrashedError("the picture made the decoder crash, twice") from None
