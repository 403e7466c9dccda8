"""Requests that no client should send, to a real server over the loopback."""

from __future__ import annotations

import json
import random
import socket
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from fuzz.figures import Figure, done, none, timed
from fuzz.inputs.requests import request
from fuzz.stage import each
from tests.job.making import job, step
from tests.server.live import KEY, LiveServer

if TYPE_CHECKING:
    from fuzz.plan import Plan

COUNT = 6000
_THREADS = 4
_SLOW = 20
_BODY_SECONDS = 1
_ANSWER_SECONDS = 20
_LINKS = ("one", "secret-of-the-suite")
_OPEN = {200, 204, 304}
_TYPED = {"success", "error", "message", "code", "path", "retryable", "request_id"}
_KEYLESS = (b"/ping", b"/healthz", b"/readyz", b"/docs", b"/static/", b"/ ")


def run(plan: Plan) -> list[Figure]:
    """Send requests, and look whether the server still serves."""
    with (
        tempfile.TemporaryDirectory() as folder,
        LiveServer(
            Path(folder), body_timeout=str(_BODY_SECONDS), children="1", max_queued="200",
            link_keys=":".join(_LINKS),
        ) as live,
    ):  # fmt: skip
        seen = _Seen(live)
        count = plan.scaled(COUNT)
        each(range(count), lambda number: seen.attack(f"{plan.seed} {number}"), _THREADS)
        waited = _slow_bodies(live)
        good = live.done(job(step("resize", width=8)))["status"] == "COMPLETED"
        said = live.said.count("nobody foresaw")
    return [
        done("requests", sum(seen.statuses.values()), count),
        none("answers of 500", seen.statuses[500]),
        none("failures that nobody foresaw", said),
        none("refusals without a type", seen.untyped),
        none("let in without a key", seen.let_in),
        none("connections without an answer in time", seen.late),
        timed("a healthy request beside slow bodies", waited, 0.5),
        none("healthy jobs that failed afterwards", not good),
        Figure("requests that were served", sum(seen.statuses[one] for one in _OPEN)),
    ]


class _Seen:
    """What came back."""

    def __init__(self, live: LiveServer) -> None:
        self._live = live
        self.statuses: Counter[int] = Counter()
        """How often each came; 0 where the server closed without a word, as to what is no HTTP."""
        self.untyped = self.let_in = self.late = 0

    def attack(self, seed: str) -> None:
        """Send a request and note the answer."""
        rng = random.Random(seed)  # noqa: S311 - it must come out the same again
        sent, right = request(rng, f"Bearer {KEY}", _LINKS)
        try:
            head, body = _answer(self._live, sent)
        except TimeoutError:
            self.late += 1
            return
        status = int(head.split(b" ", 2)[1]) if head else 0
        self.statuses[status] += 1
        target = sent.split(b" ", 2)[1] + b" "
        if status in _OPEN and not right and not target.startswith(_KEYLESS):
            self.let_in += 1
        if status >= 400 and body and b"x-request-id" in head.lower():
            self.untyped += not _typed(body)


def _typed(body: bytes) -> bool:
    try:
        return json.loads(body).keys() >= _TYPED
    except ValueError:
        return False


def _answer(live: LiveServer, sent: bytes) -> tuple[bytes, bytes]:
    """Return the head and the body of the answer."""
    parts = []
    with socket.create_connection(("127.0.0.1", live.port), timeout=_ANSWER_SECONDS) as caller:
        with suppress(ConnectionError):  # it may have heard enough
            caller.sendall(sent)
        with suppress(ConnectionError):
            while part := caller.recv(65_536):
                parts.append(part)
    head, _, body = b"".join(parts).partition(b"\r\n\r\n")
    return head, body


def _slow_bodies(live: LiveServer) -> float:
    """Begin many bodies that never end, and return how long a healthy request takes beside them."""
    head = (
        f"POST /process HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {KEY}\r\n"
        "Content-Length: 1000000\r\n\r\n"
    )
    slow = [socket.create_connection(("127.0.0.1", live.port)) for _ in range(_SLOW)]
    for caller in slow:
        caller.sendall(head.encode() + b"x")
    started = time.monotonic()
    live.client.get("/health")
    took = time.monotonic() - started
    for caller in slow:
        caller.settimeout(_ANSWER_SECONDS)
        assert caller.recv(100).startswith(b"HTTP/1.1 408"), "a slow body is not ended"  # noqa: S101
        caller.close()
    return took
