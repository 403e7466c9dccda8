"""Origins that are slow, endless or lie: each fetch ends in time, in bounded memory."""

from __future__ import annotations

import resource
import time
from typing import TYPE_CHECKING, Any

from fuzz.figures import Figure, timed
from fuzz.inputs.behaviours import behaviours
from fuzz.lab import apart
from fuzz.stage import GRACE_SECONDS, Stage, each

if TYPE_CHECKING:
    from fuzz.lab import Ground
    from fuzz.plan import Plan

COUNT = 20
MEGABYTES = 100
_FETCH_SECONDS = 3.0
_AT_ONCE = 4


def run(plan: Plan) -> list[Figure]:
    """Fetch from all hostile origins."""
    return apart("origins", plan)


def within(ground: Ground, plan: Plan) -> list[Figure]:
    """Fetch from all of them; there are too few to leave any out."""
    known = behaviours()
    for name, respond in known.items():
        ground.pages[f"/{name.replace(' ', '-')}"] = respond
    limits = {"fetch_timeout": _FETCH_SECONDS, "max_source_bytes": 5_000_000}
    with Stage(keep=plan.keep, **limits, **ground.settings) as stage:
        stage.all_controls()
        before = _peak_megabytes()
        jobs = [{"image": ground.url(path)} for path in ground.pages]

        late: dict[str, float] = {"none": 0.0}

        def fetch(job: dict[str, Any]) -> None:
            started = time.monotonic()
            answer = stage.ask(job, seconds=_FETCH_SECONDS + stage.job_seconds)
            if not answer["success"] and "image.url" in answer["path"]:
                late[job["image"].rpartition("/")[2]] = time.monotonic() - started - _FETCH_SECONDS

        each(jobs, fetch, _AT_ONCE)
        latest = max(late, key=late.__getitem__)
        grown = _peak_megabytes() - before
        stage.all_controls()
        return [
            *stage.notes.figures("hostile origins", COUNT),
            timed(
                f"latest end of a fetch, after its deadline: {latest}", late[latest], GRACE_SECONDS
            ),
            Figure("growth while fetching", grown, MEGABYTES, "MB", measured=True),
        ]


def _peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
