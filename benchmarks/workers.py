"""The two workers that are compared under RunPod's SDK, and what a comparison says."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.e2e.fake_platform import FakePlatform
from tests.e2e.sdk_worker import SdkWorker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.platform_jobs import PlatformJob

_SCRIPTS = {"ours": "handler.py", "tutorial": "benchmarks/tutorial/handler.py"}
NAMES = tuple(_SCRIPTS)


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of both workers, and the bar for their ratio."""

    title: str
    unit: str
    ours: float
    peer: float
    bar: float | None = None
    more_is_better: bool = False
    against: str = "tutorial"

    @property
    def ratio(self) -> float:
        """Ours in terms of the peer's."""
        return self.ours / self.peer

    @property
    def met(self) -> bool:
        """Whether the ratio keeps to the bar; what has no bar does."""
        if self.bar is None:
            return True
        return self.ratio >= self.bar if self.more_is_better else self.ratio <= self.bar


@contextmanager
def working(name: str, **settings: str) -> Iterator[tuple[FakePlatform, SdkWorker]]:
    """Start a worker that has a platform to itself; both are gone after the block."""
    command = (sys.executable, "-u", _SCRIPTS[name])
    quiet = {"RUNPOD_LOG_LEVEL": "ERROR"} | settings
    with FakePlatform() as platform, SdkWorker(platform, command=command, **quiet) as worker:
        yield platform, worker


def complete(platform: FakePlatform, jobs: list[PlatformJob]) -> None:
    """Wait until all jobs are done; raises a `RuntimeError` if one of them failed."""
    for job in jobs:
        if platform.finished(job).status != "COMPLETED":
            raise RuntimeError(f"{job.id} failed: {job.error or job.output}")
