"""How many jobs there were, and are."""

from __future__ import annotations

from image_worker.telemetry.facts import Facts
from image_worker.telemetry.tally import Tally


def test_jobs_are_counted_by_how_they_end() -> None:
    tally = Tally()
    for result in ("ok", "ok", "image_corrupt", "job_cancelled"):
        tally.add(Facts("1", result, 0.1))
    with tally.working(), tally.working():
        assert tally.as_json()["in_progress"] == 2
    assert tally.as_json() == {"completed": 2, "failed": 1, "cancelled": 1, "in_progress": 0}
