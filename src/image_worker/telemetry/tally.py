"""How many jobs there were, and are."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from image_worker.telemetry.facts import DONE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from image_worker.telemetry.facts import Facts


class Tally:
    """Counts jobs; safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts = dict.fromkeys(("completed", "failed", "cancelled"), 0)
        self.in_progress = 0

    @contextmanager
    def working(self) -> Iterator[None]:
        """Count a job as being worked inside of the block."""
        with self._lock:
            self.in_progress += 1
        try:
            yield
        finally:
            with self._lock:
                self.in_progress -= 1

    def add(self, facts: Facts) -> None:
        """Count a job that has ended."""
        ends = {DONE: "completed", "job_cancelled": "cancelled"}
        with self._lock:
            self._counts[ends.get(facts.result, "failed")] += 1

    def as_json(self) -> dict[str, int]:
        """Return all counts."""
        with self._lock:
            return {**self._counts, "in_progress": self.in_progress}
