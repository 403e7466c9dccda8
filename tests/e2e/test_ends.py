"""Workers that end in the middle of a job, asked to or not."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from tests.e2e.conftest import reaching
from tests.e2e.sdk_worker import SdkWorker
from tests.job.making import PNG, picture_in, step
from tests.outgoing.servers import Exchange, Origin, ok

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.e2e.fake_platform import FakePlatform


class Gate:
    """An origin whose picture arrives only when a test lets it."""

    def __init__(self) -> None:
        self.reached, self.opened = threading.Event(), threading.Event()
        self.origin = Origin(self._answer)

    def _answer(self, exchange: Exchange) -> None:
        self.reached.set()
        while not (self.opened.wait(0.05) or exchange.ending.is_set()):
            pass
        exchange.send(ok(PNG, "Content-Type: image/png"))

    def reach(self) -> None:
        """Wait until somebody asks for the picture."""
        assert self.reached.wait(60)


@pytest.fixture
def gate() -> Iterator[Gate]:
    gate = Gate()
    with gate.origin:
        yield gate


def resized(gate: Gate) -> dict[str, object]:
    return {"image": {"url": gate.origin.url()}, "operations": [step("resize", width=20)]}


def test_a_worker_that_is_asked_to_stop_finishes_its_job(
    gate: Gate, platform: FakePlatform
) -> None:
    job = platform.submit(resized(gate))
    with SdkWorker(platform, **reaching(gate.origin)) as worker:
        gate.reach()
        worker.terminate()
        gate.opened.set()
        assert worker.wait() == 0
        assert "Traceback" not in worker.said
        assert worker.processes() == []
    assert job.status == "COMPLETED"
    assert picture_in(job.output).size == (20, 15)


def test_a_worker_without_jobs_stops_when_asked_to(platform: FakePlatform) -> None:
    with SdkWorker(platform) as worker:
        platform.wait_for(lambda: platform.taking)
        worker.terminate()
        assert worker.wait() == 0


def test_the_job_of_a_worker_that_was_killed_is_done_by_the_next(
    gate: Gate, platform: FakePlatform, tmp_path: Path
) -> None:
    settings = reaching(gate.origin) | {"IMAGE_WORKER_VOLUME": str(tmp_path)}
    job = platform.submit(resized(gate) | {"output": {"delivery": {"path": "kept.png"}}})
    with SdkWorker(platform, "first", **settings) as first:
        gate.reach()
        first.kill()
    assert list(tmp_path.iterdir()) == []
    assert job.status == "IN_QUEUE"
    gate.opened.set()
    with SdkWorker(platform, "second", **settings):
        platform.finished(job)
    assert job.workers == ["first", "second"]
    assert (job.status, job.error) == ("COMPLETED", None)
    assert [path.name for path in tmp_path.iterdir()] == ["kept.png"]


def test_the_second_answer_is_the_same_as_the_first(gate: Gate, platform: FakePlatform) -> None:
    gate.opened.set()
    jobs = []
    for name in ("first", "second"):
        with SdkWorker(platform, name, **reaching(gate.origin)):
            jobs.append(platform.finished(platform.submit(resized(gate))))
    first, second = (job.output["processed_image"] for job in jobs)
    assert first == second
