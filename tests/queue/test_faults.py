"""Kill -9 of everything under load: each accepted job ends exactly once, and is told."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from image_worker.queue import Jobs, Status, Store, layout
from image_worker.queue.records import Record
from tests.queue.fault_roles import TERMS, lines
from tests.queue.playing import until

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
JOBS = 500


class Stage:
    """The processes of a queue, which can be killed and started again."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._running: list[subprocess.Popen[bytes]] = []

    def _start(self, *arguments: str) -> subprocess.Popen[bytes]:
        with (self.directory / "log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.queue.fault_roles", *arguments],
                cwd=ROOT,
                env={"PYTHONPATH": "src:."},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self._running.append(process)
        return process

    async def serve(self) -> subprocess.Popen[bytes]:
        process = self._start("serve", str(self.directory), str(JOBS))
        await until(lambda: self._owned_by(process.pid))
        return process

    def work(self) -> subprocess.Popen[bytes]:
        return self._start("work", str(self.directory), self.broker["url"])

    @property
    def broker(self) -> dict[str, str]:
        return json.loads((self.directory / "broker").read_text())

    def count(self, name: str) -> int:
        return len(lines(self.directory / name))

    async def reaches(self, name: str, count: int) -> None:
        async def reached() -> bool:
            return self.count(name) >= count

        await until(reached)

    async def _owned_by(self, pid: int) -> bool:
        assert all(process.poll() in (None, -9) for process in self._running), self.log
        return (self.directory / "broker").exists() and self.broker["owner"] == pid

    @property
    def log(self) -> str:
        return (self.directory / "log").read_text()

    def end(self) -> None:
        for process in self._running:
            process.kill()
            process.wait()


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    stage = Stage(tmp_path)
    yield stage
    stage.end()


@pytest.mark.parametrize("killed", ["worker", "nats-server", "server", "all"])
async def test_no_job_is_lost_and_none_ends_twice(stage: Stage, killed: str) -> None:
    server = await stage.serve()
    worker = stage.work()
    await stage.reaches("handled", 10)
    moment = stage.count("accepted"), stage.count("handled")
    if killed == "nats-server":
        os.kill(int(stage.broker["pid"]), signal.SIGKILL)
    if killed in ("server", "all"):
        server.kill()
        server.wait()
    if killed in ("worker", "server", "all"):  # a worker finds a new server at its new address
        worker.kill()
        worker.wait()
    if killed in ("server", "all"):
        await stage.serve()
    if killed != "nats-server":
        stage.work()
    await stage.reaches("accepted", JOBS)
    store = await Store.connect(stage.broker["url"], TERMS)
    try:
        await until(lambda: _done(store))
        ends = await _ends(store)
        accepted, hooks = lines(stage.directory / "accepted"), lines(stage.directory / "hooks")
        handled = Counter(lines(stage.directory / "handled"))
        outcomes = [await Jobs(store).status(job_id) for job_id in accepted]
    finally:
        await store.close()
    print(
        f"kill -9 {killed} (accepted {moment[0]}, handled {moment[1]}): accepted {len(accepted)}, "
        f"ended {sum(ends[job_id] > 0 for job_id in accepted)}, "
        f"ended twice {sum(count > 1 for count in ends.values())}, "
        f"lost {sum(outcome is None for outcome in outcomes)}, "
        f"handled twice {sum(count > 1 for count in handled.values())}, "
        f"webhooks missing {len(set(accepted) - set(hooks))}, "
        f"sent twice {len(hooks) - len(set(hooks))}"
    )
    for job_id, outcome in zip(accepted, outcomes, strict=True):
        assert outcome
        assert outcome.status is Status.COMPLETED
        assert outcome.output == json.dumps(job_id).encode()
    assert max(ends.values()) == 1
    assert set(accepted) <= set(hooks)


async def _done(store: Store) -> bool:
    health = await Jobs(store).health()
    hooks = await store.stream.stream_info("IMAGE_HOOKS")
    return health.in_queue + health.in_progress + hooks.state.messages == 0


async def _ends(store: Store) -> Counter[str]:
    """Return how often each job ended, by all the records that there were."""
    ends: Counter[str] = Counter()
    sequence = 1
    while page := await store.following(layout.JOBS, layout.job("*"), sequence):
        for stored in page:
            record = Record.load(stored.data, stored.sequence)
            ends[record.id] += record.status.final
        sequence = page[-1].sequence + 1
    return ends
