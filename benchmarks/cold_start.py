"""Cold start: from the start of the process to its first question for a job, and to an answer."""

from __future__ import annotations

from benchmarks.jobs import small_job
from benchmarks.workers import Row, working

_STARTS = {
    "checked": ("ours", {}),
    "unchecked": ("ours", {"IMAGE_WORKER_SELF_TEST": "0"}),
    "tutorial": ("tutorial", {}),
}
"""The tutorial's worker has no check of its formats; ours is measured with it and without."""
_BARS = {"checked": 0.5, "unchecked": 0.35}


def measure(rounds: int = 7) -> list[Row]:
    """Start the workers in turn; the least time of each is what the machine needs undisturbed."""
    turns = [
        {name: _start(worker, settings) for name, (worker, settings) in _STARTS.items()}
        for _ in range(rounds)
    ]
    asked, answered = (
        {name: min(turn[name][which] for turn in turns) for name in _STARTS} for which in (0, 1)
    )
    return [
        *(
            Row(f"start to job-take, {name}", "s", asked[name], asked["tutorial"], bar)
            for name, bar in _BARS.items()
        ),
        *(
            Row(f"start to answer, {name}", "s", answered[name], answered["tutorial"])
            for name in _BARS
        ),
    ]


def _start(name: str, settings: dict[str, str]) -> tuple[float, float]:
    """Return the seconds to the first question for a job, and to the answer to that job."""
    with working(name, **settings) as (platform, worker):
        job = platform.finished(platform.submit(small_job(0)))
        return platform.taking[0].at - worker.born, job.finished - worker.born
