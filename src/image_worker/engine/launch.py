"""Starts the process that children are forked from, without importing anything slow.

A worker does this before all else, so that the engine is loaded while its parent does other things.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys

FORK = b"f"
"""Asks for a child that does jobs."""
TEST = b"t"
"""Asks for a child that tries every format, says what is wrong with them, and ends."""

_READY_SECONDS = 30.0
"""How long it may take to answer, on the busiest machine."""

_START = (
    "import gc, json, sys; gc.disable(); sys.path[:] = json.loads(sys.argv[1])\n"
    "from image_worker.engine.orphan import ends_with\n"
    "with ends_with(int(sys.argv[2])):\n"
    "    from image_worker.engine.nursery import main\n"
    "main(int(sys.argv[2]))"
)
"""Finds modules, plug-ins included, where this process finds them, however it was started.

What it imports stays, and so no garbage is looked for meanwhile."""


class Launched:
    """The process, seen from outside."""

    def __init__(self) -> None:
        """Start it; it is not waited for."""
        self._server, theirs = socket.socketpair()
        self._server.settimeout(_READY_SECONDS)
        with theirs:
            arguments = [json.dumps(sys.path), str(theirs.fileno())]
            self._process = subprocess.Popen(  # noqa: S603 - our own module, our own interpreter
                [sys.executable, "-P", "-c", _START, *arguments],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
            )

    @property
    def alive(self) -> bool:
        """Whether it can still be asked."""
        return self._process.poll() is None

    def fork(self, theirs: socket.socket, what: bytes = FORK) -> int:
        """Have a child made that serves the socket, and return what it can be killed by."""
        self.ask(theirs, what)
        return self.told()

    def ask(self, theirs: socket.socket, what: bytes) -> None:
        """Ask for a child, without waiting for it."""
        socket.send_fds(self._server, [what], [theirs.fileno()])

    def told(self) -> int:
        """Wait for the child that was asked for."""
        message, files, _, _ = socket.recv_fds(self._server, 1, 1)
        if not message or not files:
            raise ConnectionResetError
        return files[0]

    def end(self) -> None:
        """End it, and with it all children."""
        self._process.kill()
        self._process.wait()
        self._server.close()


class SelfTest:
    """The test of all formats in the first child; begun at once, read when it is needed."""

    def __init__(self, launched: Launched) -> None:
        self._launched = launched
        self._answer, theirs = socket.socketpair()
        self._answer.settimeout(_READY_SECONDS)
        with theirs:
            launched.ask(theirs, TEST)

    def problems(self) -> dict[str, str]:
        """Wait for the end, and return what is wrong with each format that does not work."""
        with self._answer:
            os.close(self._launched.told())
            with self._answer.makefile("rb") as answer:
                found: dict[str, str] = json.loads(answer.read())
        return found
