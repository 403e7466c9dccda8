"""How a server ends, and what of its jobs outlives it."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from tests.e2e.processes import ROOT, environment
from tests.job.making import PNG, encoded, job, noise, step, text_of
from tests.outgoing.servers import Exchange, Origin, ok
from tests.server.live import KEY, Hooks, LiveServer, free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GOOD = job(step("resize", width=20))
LARGE = {**GOOD, "image": {"base64": text_of(encoded(noise(220, 200)))}}
"""A job whose input and result the queue keeps as files."""


def reaching(origin: Origin) -> dict[str, str]:
    """Return the settings with which a server may fetch from an origin."""
    return {"allow_hosts": f"127.0.0.1:{origin.port}", "allow_networks": "127.0.0.0/8"}


def counted(ids: list[str], live: LiveServer) -> dict[str, int]:
    """Return how many jobs ended in which way."""
    ends = [live.ended(job_id)["status"] for job_id in ids]
    return {end: ends.count(end) for end in set(ends)}


def test_a_full_queue_says_when_to_come_again(tmp_path: Path) -> None:
    with LiveServer(tmp_path, max_queued="3", queue_slots="0") as live:
        ids = [live.submit(GOOD) for _ in range(3)]
        for route, body in (("run", GOOD), ("runsync", {**GOOD, "filler": "x" * 2_000_000})):
            full = live.client.post(f"/{route}", json={"input": body})
            assert (full.status_code, full.json()["code"]) == (429, "queue_full")
            assert int(full.headers["retry-after"]) >= 1
        assert live.client.post(f"/cancel/{ids[0]}").json()["status"] == "CANCELLED"
        live.submit(GOOD)


@pytest.fixture
def gate() -> threading.Event:
    return threading.Event()


@pytest.fixture
def gated(gate: threading.Event) -> Iterator[Origin]:
    """Return an origin that answers once the gate is open."""

    def answer(exchange: Exchange) -> None:
        gate.wait(60)
        exchange.send(ok(PNG, "Content-Type: image/png"))

    with Origin(answer) as origin:
        yield origin
        gate.set()


def asking(live: LiveServer, job_id: str) -> socket.socket:
    """Ask for the end of a job, without waiting for the answer."""
    caller = socket.create_connection(("127.0.0.1", live.port), timeout=90)
    head = f"GET /status-sync/{job_id}?wait=300000 HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    caller.sendall(f"{head}Authorization: Bearer {KEY}\r\nConnection: close\r\n\r\n".encode())
    assert live.client.get("/ping").status_code == 200  # what was sent before is read by now
    return caller


def answered(caller: socket.socket) -> Any:
    with caller, caller.makefile("rb") as file:
        return json.loads(file.read().partition(b"\r\n\r\n")[2])


def closed(live: LiveServer) -> None:
    """Wait until nobody is let in any more."""
    while True:
        try:
            socket.create_connection(("127.0.0.1", live.port)).close()
        except ConnectionRefusedError:
            return
        time.sleep(0.02)


def test_a_server_that_is_asked_to_stop_ends_what_runs(
    tmp_path: Path, gate: threading.Event, gated: Origin
) -> None:
    with LiveServer(tmp_path, queue_slots="1", **reaching(gated)) as live:
        running = live.submit({"image": {"url": gated.url()}})
        live.running(running)
        waiting = live.submit(GOOD)
        callers = [asking(live, job_id) for job_id in (running, waiting)]
        family = live.family()
        live.process.send_signal(signal.SIGTERM)
        closed(live)
        gate.set()
        told = [answered(caller)["status"] for caller in callers]
        assert told == ["COMPLETED", "IN_QUEUE"]
        assert live.process.wait(60) == 0
        assert not psutil.wait_procs(family, 30)[1]
        live.again()
        assert counted([running, waiting], live) == {"COMPLETED": 2}


def test_what_is_not_done_by_then_goes_back_into_the_queue(
    tmp_path: Path, gate: threading.Event, gated: Origin
) -> None:
    with LiveServer(tmp_path, queue_slots="1", drain_seconds="0", **reaching(gated)) as live:
        running = live.submit({"image": {"url": gated.url()}})
        live.running(running)
        assert live.terminated() == 0
        gate.set()
        done = live.again().ended(running)
        assert done["status"] == "COMPLETED"
        assert "retries" not in done


def test_accepted_jobs_outlive_a_killed_server(tmp_path: Path, hooks: Hooks, hook_url: str) -> None:
    host = hook_url.split("/")[2]
    with LiveServer(tmp_path, allow_hosts=host, allow_networks="127.0.0.0/8") as live:
        ids = [live.submit(each, webhook=hook_url) for each in (GOOD, LARGE) for _ in range(10)]
        live.kill()
        live.again()
        assert counted(ids, live) == {"COMPLETED": 20}
        for job_id in ids:
            told = {json.dumps(told) for _, told, _ in hooks.wait_for(job_id)}
            assert len(told) == 1
        assert live.client.get("/health").json()["jobs"]["completed"] == 20


@pytest.mark.parametrize("victim", ["nats-server", "image_worker.engine"])
def test_accepted_jobs_outlive_what_the_server_started(tmp_path: Path, victim: str) -> None:
    with LiveServer(tmp_path) as live:
        ids = [live.submit(GOOD) for _ in range(10)]
        for process in live.family()[1:]:
            with suppress(psutil.NoSuchProcess):
                if victim in " ".join(process.cmdline()):
                    process.kill()
        ids += [live.submit(GOOD) for _ in range(10)]
        assert counted(ids, live) == {"COMPLETED": 20}


def test_two_servers_do_not_share_a_folder(tmp_path: Path) -> None:
    with LiveServer(tmp_path) as live:
        other = subprocess.run(
            [sys.executable, "-m", "image_worker", "serve", "--port", str(free_port())],
            check=False, capture_output=True, text=True, cwd=ROOT, timeout=120,
            env=environment(IMAGE_WORKER_QUEUE_DIRECTORY=str(live.folder / "queue")),
        )  # fmt: skip
        assert other.returncode == 1
        assert "Error" in other.stderr
        assert "Traceback" not in other.stderr
        assert live.done(GOOD)["status"] == "COMPLETED"


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        other = subprocess.run(
            [sys.executable, "-m", "image_worker", "serve",
             "--port", str(taken.getsockname()[1])],
            check=False, capture_output=True, text=True, cwd=ROOT, timeout=120,
            env=environment(IMAGE_WORKER_QUEUE_DIRECTORY=str(tmp_path)),
        )  # fmt: skip
    assert other.returncode == 1
    assert "in use" in other.stderr.lower()
    assert "Traceback" not in other.stderr
