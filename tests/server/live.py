"""`image-worker serve` in a process of its own, with a queue of its own."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import threading
import time
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self

import httpx2
import psutil

from tests.e2e.fake_platform import ENDPOINT, KEY
from tests.e2e.processes import ROOT, environment

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.outgoing.servers import Exchange


__all__ = ["ENDPOINT", "KEY", "Hooks", "LiveServer", "free_port"]

FINAL = {"COMPLETED", "FAILED", "CANCELLED", "TIMED_OUT"}
_WAIT_SECONDS = 120
_READY = 200


class LiveServer:
    """A server; it is killed at the end of the block, with all that it started."""

    def __init__(
        self,
        folder: Path,
        *,
        path: str = "",
        variables: Mapping[str, str] = MappingProxyType({}),
        **settings: str,
    ) -> None:
        """Start it; `folder` keeps its queue, `path` has plug-ins."""
        self.port = free_port()
        self.folder = folder
        self.url = f"http://127.0.0.1:{self.port}"
        self.base = f"{self.url}/v2"
        self._settings = {
            "IMAGE_WORKER_API_KEYS": KEY,
            "IMAGE_WORKER_QUEUE_DIRECTORY": str(folder / "queue"),
            **{f"IMAGE_WORKER_{name.upper()}": value for name, value in settings.items()},
            "PYTHONPATH": f"src:{path}",
            **variables,
        }
        self.client = httpx2.Client(
            base_url=self.url, headers={"Authorization": f"Bearer {KEY}"}, timeout=_WAIT_SECONDS
        )
        self.process = self._started()

    def _started(self) -> subprocess.Popen[bytes]:
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "image_worker", "serve", "--port", str(self.port)],
                cwd=ROOT,
                env=environment(**self._settings),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    @property
    def said(self) -> str:
        """All that it wrote so far."""
        return (self.folder / "log").read_text()

    def ready(self) -> Self:
        """Wait until it takes jobs."""
        until = time.monotonic() + _WAIT_SECONDS
        while time.monotonic() < until and self.process.poll() is None:
            try:
                if self.client.get("/ping").status_code == _READY:
                    return self
            except httpx2.TransportError:
                pass
            time.sleep(0.05)  # nobody tells when a port is listened to
        raise AssertionError(f"the server is not ready:\n{self.said}")

    def submit(self, job_input: Any, **more: Any) -> str:
        """Accept a job and return its id."""
        answer = self.client.post("/run", json={"input": job_input, **more})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["id"])

    def ended(self, job_id: str) -> dict[str, Any]:
        """Return a job once it has ended."""
        answer = self.client.get(f"/status-sync/{job_id}?wait={_WAIT_SECONDS * 1000}")
        state: dict[str, Any] = answer.json()
        assert state.get("status") in FINAL, (state, self.said)
        return state

    def done(self, job_input: Any, **more: Any) -> dict[str, Any]:
        """Accept a job and return it once it has ended."""
        return self.ended(self.submit(job_input, **more))

    def running(self, job_id: str) -> None:
        """Wait until a job runs."""
        self.seen(job_id, "IN_PROGRESS")

    def seen(self, job_id: str, status: str) -> None:
        """Wait until a job stands so."""
        until = time.monotonic() + _WAIT_SECONDS
        while time.monotonic() < until:
            told = self.client.get(f"/status/{job_id}").json()["status"]
            if told == status:
                return
            assert told not in FINAL, told
            time.sleep(0.02)  # the API tells nobody that a job has begun but by events
        raise AssertionError(f"the job never was {status}")

    def kill(self) -> None:
        """End it as the kernel does, without a word."""
        self.process.kill()
        self.process.wait()

    def again(self) -> Self:
        """Start it again, with the same folder."""
        self.process = self._started()
        return self.ready()

    def terminated(self) -> int:
        """Ask it to stop, and return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(_WAIT_SECONDS)

    def family(self) -> list[psutil.Process]:
        """Return it and all its children."""
        parent = psutil.Process(self.process.pid)
        return [parent, *parent.children(recursive=True)]

    def close(self) -> None:
        """End it and whatever it started."""
        self.client.close()
        if self.process.poll() is None:
            family = self.family()
            self.kill()
            psutil.wait_procs(family, _WAIT_SECONDS)

    def __enter__(self) -> Self:
        try:
            return self.ready()
        except BaseException:
            self.close()
            raise

    def __exit__(self, *_: object) -> None:
        self.close()


def free_port() -> int:
    """Return a port that nobody listens to."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


class Hooks:
    """Takes webhooks: the answer of an `Origin`."""

    def __init__(self) -> None:
        self.taken: list[tuple[dict[str, str], dict[str, Any], bytes]] = []
        self.statuses: list[int] = []
        """What the next ones are answered; 200 once there are none."""
        self._changed = threading.Condition()

    def __call__(self, exchange: Exchange) -> None:
        headers, body = whole(exchange)
        with self._changed:
            status = self.statuses.pop(0) if self.statuses else 200
            self.taken.append((headers, json.loads(body), body))
            self._changed.notify_all()
        exchange.send(f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n".encode())

    def wait_for(self, job_id: str, times: int = 1) -> list[tuple[dict[str, str], Any, bytes]]:
        """Return the webhooks of a job, once there are so many."""

        def found() -> list[tuple[dict[str, str], Any, bytes]]:
            return [one for one in self.taken if one[1]["id"] == job_id]

        with self._changed:
            assert self._changed.wait_for(lambda: len(found()) >= times, _WAIT_SECONDS)
            return found()


class Collector:
    """Takes traces: the answer of an `Origin`."""

    def __init__(self) -> None:
        self._taken: list[bytes] = []
        self._changed = threading.Condition()

    def __call__(self, exchange: Exchange) -> None:
        _, body = whole(exchange)
        with self._changed:
            self._taken.append(body)
            self._changed.notify_all()
        exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    def wait_for(self, *words: bytes) -> None:
        """Wait until one message has all the words."""

        def found() -> bool:
            return any(all(word in body for word in words) for body in self._taken)

        with self._changed:
            assert self._changed.wait_for(found, _WAIT_SECONDS)


def whole(exchange: Exchange) -> tuple[dict[str, str], bytes]:
    """Return the headers and the body of a request."""
    head, _, body = exchange.head.partition(b"\r\n\r\n")
    lines = (line.partition(":") for line in head.decode().split("\r\n")[1:])
    headers = {name.lower(): value.strip() for name, _, value in lines}
    while len(body) < int(headers["content-length"]):
        body += exchange.connection.recv(65_536)
    return headers, body
