"""Throughput with a backlog of jobs of about five milliseconds."""

from __future__ import annotations

import statistics

from benchmarks.jobs import small_job
from benchmarks.workers import NAMES, Row, complete, working

_BAR = 8
_JOBS = {"ours": 400, "tutorial": 15}
_UNCACHED = {"IMAGE_WORKER_CACHE_BYTES": "0"}


def measure(rounds: int = 3) -> list[Row]:
    """Give both workers, in turn, more jobs than they can take at once."""
    turns = [{name: _rate(name) for name in NAMES} for _ in range(rounds)]
    rate = {name: statistics.median(turn[name] for turn in turns) for name in NAMES}
    return [Row("backlog", "jobs/s", rate["ours"], rate["tutorial"], _BAR, more_is_better=True)]


def _rate(name: str) -> float:
    """Return jobs per second, from the end of the first job to the end of the last."""
    with working(name, **_UNCACHED) as (platform, _):
        platform.finished(platform.submit(small_job(0)))
        jobs = [platform.submit(small_job(number)) for number in range(_JOBS[name])]
        complete(platform, jobs)
        ends = sorted(job.finished for job in jobs)
        return (len(ends) - 1) / (ends[-1] - ends[0])
