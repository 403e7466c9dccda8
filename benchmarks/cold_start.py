"""Cold start: from the start of the process to its first question for a job, and to an answer."""

from __future__ import annotations

import statistics

from benchmarks.jobs import small_job
from benchmarks.workers import NAMES, Row, working

_BAR = 0.5
"""With the fitness check, which this worker always makes; the tutorial's has none."""


def measure(rounds: int = 7) -> list[Row]:
    """Start both workers in turn; the figures are medians."""
    turns = [{name: _start(name) for name in NAMES} for _ in range(rounds)]
    asked, answered = (
        {name: statistics.median(turn[name][which] for turn in turns) for name in NAMES}
        for which in (0, 1)
    )
    return [
        Row("start to first job-take", "s", asked["ours"], asked["tutorial"], _BAR),
        Row("start to first answer", "s", answered["ours"], answered["tutorial"]),
    ]


def _start(name: str) -> tuple[float, float]:
    with working(name) as (platform, worker):
        job = platform.submit(small_job(0))
        platform.wait_for(lambda: job.taken)
        platform.finished(job)
        return job.taken - worker.born, job.finished - worker.born
