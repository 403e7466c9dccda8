"""Memory of the whole worker after two hundred and after two thousand varied jobs."""

from __future__ import annotations

import re
import statistics
import time
from typing import TYPE_CHECKING

from benchmarks.jobs import varied_job
from benchmarks.workers import Row, complete, working
from tests.e2e.processes import ROOT

if TYPE_CHECKING:
    import psutil

    from tests.e2e.fake_platform import FakePlatform
    from tests.e2e.sdk_worker import SdkWorker

_BAR = 1.2
_EARLY, _ALL = 200, 2000
_IMAGE = dict(re.findall(r"(MALLOC_\w+)=(\d+)", (ROOT / "Dockerfile").read_text(encoding="utf-8")))
"""How the image of this worker has memory allocated; the tutorial's has the defaults."""
_UNCACHED = {"IMAGE_WORKER_CACHE_BYTES": "0"}
# One job a second would take this one half an hour.
_HURRIED = {"TUTORIAL_CONCURRENCY": "64"}


def measure(rounds: int = 1) -> list[Row]:  # noqa: ARG001 - one is long enough
    """Let the workers do the same jobs; ours also without its cache, which fills meanwhile."""
    early, late = _soak("ours", _IMAGE)
    bare_early, bare_late = _soak("ours", _IMAGE | _UNCACHED)
    peer_early, peer_late = _soak("tutorial", _HURRIED)
    return [
        Row("after 2,000 jobs", "MB", late, early, _BAR, against="itself after 200"),
        Row("the same, no cache", "MB", bare_late, bare_early, _BAR, against="itself after 200"),
        Row("the same, tutorial", "MB", peer_late, peer_early, against="itself after 200"),
        Row("after 2,000 jobs", "MB", late, peer_late),
    ]


def _soak(name: str, settings: dict[str, str]) -> tuple[float, float]:
    with working(name, **settings) as (platform, worker):
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
