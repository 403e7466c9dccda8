"""Jobs that nobody wants any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psutil

from tests.e2e.sdk_worker import SdkWorker
from tests.job.making import job, step

if TYPE_CHECKING:
    from tests.e2e.conftest import Live
    from tests.e2e.fake_platform import FakePlatform

ENLARGED = step("resize", width=4000, height=3000, maintain_aspect=False)
LONG = job(ENLARGED, {"filter": {"name": "clahe"}})
"""More than a minute of native work."""
SHORT = job(step("resize", width=20))


def busy(worker: SdkWorker, seconds: float) -> psutil.Process | None:
    """Return a process of the worker that has worked so long, if there is one."""
    for process in worker.processes()[1:]:
        try:
            # The process that children are forked from works too, while it loads the engine.
            if process.cpu_times().user > seconds and not process.children():
                return process
        except psutil.NoSuchProcess:
            continue
    return None


def started(line: str, job_id: str) -> bool:
    return job_id in line and "Started" in line


def test_a_running_job_is_stopped_and_nothing_is_posted(platform: FakePlatform) -> None:
    with SdkWorker(platform) as worker:
        long = platform.submit(LONG)
        while not (child := busy(worker, 2)):
            assert not long.final
        platform.jobs.cancel(long)
        child.wait(3)  # its native work ends with it
        assert platform.finished(platform.submit(SHORT)).status == "COMPLETED"
    assert long.status == "CANCELLED"
    assert long.posts == []


def test_a_job_that_waits_for_its_turn_is_called_off(platform: FakePlatform) -> None:
    with SdkWorker(platform, IMAGE_WORKER_CHILDREN="1", RUNPOD_LOG_LEVEL="INFO") as worker:
        running = platform.submit(LONG)
        while not busy(worker, 1):
            assert not running.final
        waiting = platform.submit(SHORT)
        # The SDK forgets a stop for a job whose task it has not made yet.
        platform.wait_for(lambda: any(started(line, waiting.id) for line in worker.lines))
        platform.jobs.cancel(waiting)
        platform.wait_for(lambda: not platform.jobs.to_stop)
        platform.jobs.cancel(running)
        assert platform.finished(platform.submit(SHORT)).status == "COMPLETED"
    assert waiting.posts == []
    assert running.posts == []


def test_a_job_cancelled_in_the_queue_never_reaches_a_worker(live: Live) -> None:
    with live.platform.holding("job-take"), live.platform.holding("job-take-batch"):
        job = live.platform.submit(SHORT)
        live.platform.jobs.cancel(job)
    assert live.done(SHORT).status == "COMPLETED"
    assert job.workers == []
