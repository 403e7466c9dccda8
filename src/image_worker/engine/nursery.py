"""A process that has the engine loaded and forks children from itself, one for each request.

It is started as a program of its own, never runs anybody's picture, and ends with its parent.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import socket
import sys
from typing import Any

from image_worker.component import Family
from image_worker.engine import wire
from image_worker.engine.inprocess import InProcessEngine
from image_worker.engine.request import RenderRequest
from image_worker.engine.sandbox import die_with_parent, lock
from image_worker.errors import ImageWorkerError, OutOfMemoryError
from image_worker.limits import Limits

Json = dict[str, Any]

_FORK = b"f"


def main(descriptor: int) -> None:
    """Fork a child for each message, until the other side is gone."""
    die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    assert Family.by_word  # noqa: S101 - the engine and the whole catalogue are loaded now
    gc.freeze()
    server = socket.socket(fileno=descriptor)
    while True:
        message, files, _, _ = socket.recv_fds(server, 1, 1)
        if message != _FORK:
            os._exit(0)
        _fork(server, files[0])


def _fork(server: socket.socket, descriptor: int) -> None:
    """Fork a child that serves `descriptor`, and tell the parent how to kill it."""
    child = os.fork()
    if not child:
        server.close()
        with contextlib.suppress(BaseException):
            serve(socket.socket(fileno=descriptor))
        os._exit(0)
    os.close(descriptor)
    handle = os.pidfd_open(child)
    socket.send_fds(server, [_FORK], [handle])
    os.close(handle)


def serve(connection: socket.socket) -> None:
    """Do one job after the other, until the other side is gone."""
    die_with_parent()
    settings, _ = wire.receive(connection)
    locked = None
    engine = InProcessEngine(settings["threads"])
    if settings["sandbox"]:
        locked = lock(_readable(), settings["memory_bytes"], settings["result_bytes"]).as_json()
    wire.send(connection, {"ready": True, "locked": locked})
    while True:
        message, blobs = wire.receive(connection)
        answer, results = _done(engine, message, blobs)
        del message, blobs
        wire.send(connection, answer, results)


def _done(engine: InProcessEngine, message: Json, blobs: list[bytes]) -> tuple[Json, list[bytes]]:
    request = RenderRequest(
        recipe=message["recipe"],
        sources=dict(zip(message["digests"], blobs, strict=True)),
        limits=Limits(**message["limits"]),
        svg=message["svg"],
    )
    results: list[bytes] = []
    try:
        return {"rendered": wire.rendered_to_json(engine.run(request), results)}, results
    except ImageWorkerError as error:
        return _failed(error), []
    except MemoryError:
        return _failed(OutOfMemoryError("the picture needs more memory than a job may use")), []


def _failed(error: ImageWorkerError) -> Json:
    return {"error": {"code": error.code, "message": error.message, "path": error.path}}


def _readable() -> list[str]:
    """Return the folders that the engine may read: its own code, libraries and fonts."""
    own = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120
    return [
        own,
        sys.prefix,
        sys.base_prefix,
        "/usr/lib",
        "/lib",
        "/lib64",
        "/usr/share/fonts",
        "/usr/local/share/fonts",
        "/etc/fonts",
        "/usr/share/fontconfig",
        "/var/cache/fontconfig",
        "/etc/ld.so.cache",
        "/dev/null",
        "/dev/urandom",
    ]


if __name__ == "__main__":
    main(int(sys.argv[1]))
