"""Memory of the whole worker after two hundred and after two thousand varied jobs."""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING

from benchmarks.jobs import varied_job
from benchmarks.workers import NAMES, Row, complete, working

if TYPE_CHECKING:
    import psutil

    from tests.e2e.fake_platform import FakePlatform
    from tests.e2e.sdk_worker import SdkWorker

_BAR = 1.2
_EARLY, _ALL = 200, 2000
_SETTINGS = {
    "ours": {},
    # One job a second would take this one half an hour.
    "tutorial": {"TUTORIAL_CONCURRENCY": "64"},
}


def measure(rounds: int = 1) -> list[Row]:  # noqa: ARG001 - one is long enough
    """Let both workers do the same jobs, once."""
    (early, late), (peer_early, peer_late) = (_soak(name) for name in NAMES)
    return [
        Row("memory after 2,000 jobs", "MB", late, early, _BAR, against="ours after 200"),
        Row("the same of the tutorial's", "MB", peer_late, peer_early, against="its own after 200"),
        Row("memory after 2,000 jobs", "MB", late, peer_late),
    ]


def _soak(name: str) -> tuple[float, float]:
    with working(name, **_SETTINGS[name]) as (platform, worker):
        return (
            _after(platform, worker, range(_EARLY)),
            _after(platform, worker, range(_EARLY, _ALL)),
        )


def _after(platform: FakePlatform, worker: SdkWorker, numbers: range) -> float:
    """Return the megabytes that the worker holds when it has done these jobs and rests."""
    complete(platform, [platform.submit(varied_job(number)) for number in numbers])
    readings = []
    for _ in range(5):
        time.sleep(0.5)
        readings.append(_megabytes(worker.processes()))
    return statistics.median(readings)


def _megabytes(processes: list[psutil.Process]) -> float:
    """Return what the processes hold together; what they share counts once."""
    return sum(process.memory_full_info().pss for process in processes) / 1e6
