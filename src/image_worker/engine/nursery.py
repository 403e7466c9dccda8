"""A process that has the engine loaded and forks children from itself, one for each request.

It is started as a program of its own, never runs anybody's picture, and ends with its parent.
"""

from __future__ import annotations

import contextlib
import gc
import json
import logging
import os
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from image_worker.engine import wire
from image_worker.engine.exhaustion import on_exhaustion
from image_worker.engine.inprocess import InProcessEngine
from image_worker.engine.isolation import Isolation
from image_worker.engine.launch import FORK, TEST
from image_worker.engine.orphan import ends_with
from image_worker.engine.readable import readable
from image_worker.engine.request import RenderRequest
from image_worker.engine.sandbox import die_with, lock
from image_worker.engine.selftest import problems
from image_worker.errors import ImageWorkerError, OutOfMemoryError, OutputTooLargeError
from image_worker.limits import Limits
from image_worker.vision.setup import Setup

log = logging.getLogger(__name__)

Json = dict[str, Any]
Work = Callable[[socket.socket, list[str]], None]

_FIRST_TO_DIE = "900"
"""How much rather the kernel ends a child than its parent when the memory is used up."""
_TOO_LONG = "the results have more bytes together than one job may return"
_TOO_MUCH = "the picture needs more memory than a job may use"


def main(descriptor: int) -> None:
    """Fork a child for each message, until the other side is gone.

    That is how it learns that its parent ended. The kernel's signal would not do: it comes when
    the thread ends that started this process.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    server = socket.socket(fileno=descriptor)
    if _is_test(server):  # it needs no more than is loaded already, and a start waits for it
        _answer(server, readable())
    with ends_with(descriptor):
        import image_worker.catalog  # noqa: F401, PLC0415 - children share what is loaded here

    places = readable()
    gc.freeze()
    gc.enable()
    while True:
        _answer(server, places)


def _is_test(server: socket.socket) -> bool:
    """Tell whether the first that was asked for is the test."""
    with contextlib.suppress(BlockingIOError):
        return server.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == TEST
    return False


def _answer(server: socket.socket, places: list[str]) -> None:
    """Fork the next child that is asked for; end where the other side is gone."""
    message, files, _, _ = socket.recv_fds(server, 1, 1)
    if message not in _KINDS:
        os._exit(0)
    _fork(server, files[0], places, _KINDS[message])


def _fork(server: socket.socket, descriptor: int, places: list[str], work: Work) -> None:
    """Fork a child that serves `descriptor`, and tell the parent how to kill it."""
    nursery = os.getpid()
    child = os.fork()
    if not child:
        server.close()
        with contextlib.suppress(BaseException):
            die_with(nursery)
            work(socket.socket(fileno=descriptor), places)
        os._exit(0)
    os.close(descriptor)
    handle = os.pidfd_open(child)
    socket.send_fds(server, [FORK], [handle])
    os.close(handle)


def serve(connection: socket.socket, places: list[str]) -> None:
    """Do one job after the other, until the other side is gone."""
    line = wire.Line(connection, trusting=True)
    settings, _ = line.receive()
    engine = InProcessEngine(settings["threads"], models=Setup.from_json(settings["models"]))
    abilities = engine.abilities()
    told = {"reads": list(abilities.reads), "versions": dict(abilities.versions)}
    on_exhaustion(lambda: _give_up(line))
    with contextlib.suppress(OSError):  # no /proc in this container
        Path("/proc/self/oom_score_adj").write_text(_FIRST_TO_DIE, encoding="ascii")
    locked = None
    if settings["sandbox"]:
        places = [*places, *settings["readable"]]
        locked = lock(places, settings["memory_bytes"], settings["result_bytes"]).as_json()
    try:
        engine.warm()
    except ImageWorkerError as error:  # jobs that need the model will fail with this
        log.error("a model could not be loaded: %s", error)  # noqa: TRY400 - it is no surprise
    line.send({"ready": True, "locked": locked, "abilities": told})
    while True:
        try:
            message, blobs = line.receive()
            answer, results = _done(engine, message, blobs)
            if sum(map(len, results)) > settings["result_bytes"]:
                answer, results = _failed(OutputTooLargeError(_TOO_LONG)), []
            line.send(answer, results)
            del message, blobs, answer, results
        except MemoryError:
            _give_up(line)


def test(connection: socket.socket, places: list[str]) -> None:
    """Try every format, locked down like those who do jobs, and say what is wrong with them."""
    kept = Isolation()
    engine = InProcessEngine(kept.threads, whole=False)
    lock(places, kept.memory_bytes, kept.result_bytes)
    connection.sendall(json.dumps(problems(engine, svg=True)).encode())


_KINDS: dict[bytes, Work] = {FORK: serve, TEST: test}


def _give_up(line: wire.Line) -> NoReturn:
    """Answer that the memory is used up, and end: little works in such a process."""
    line.send({**_failed(OutOfMemoryError(_TOO_MUCH)), "spent": True})
    os._exit(1)


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
        raise
    except Exception:
        log.exception("a job failed in a way that nobody foresaw")
        sentence = "internal error; the worker's log says more"
        return {**_failed(ImageWorkerError(sentence)), "spent": True}, []


def _failed(error: ImageWorkerError) -> Json:
    return {"error": {"code": error.code, "message": error.message, "path": error.path}}
