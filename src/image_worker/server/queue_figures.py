"""What the metrics tell of the queue; it is asked whenever somebody asks for the metrics."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from image_worker.errors import ImageWorkerError
from image_worker.queue import Health

if TYPE_CHECKING:
    from image_worker.queue import Jobs
    from image_worker.telemetry.metrics import Metrics

_SECONDS = 2.0
"""How long the queue may take to answer; Prometheus does not wait for ever either."""


class QueueFigures:
    """The last that is known of the queue."""

    def __init__(self, jobs: Jobs, metrics: Metrics) -> None:
        """Add the values to the metrics."""
        self._jobs = jobs
        self._health = Health(0, 0, 0, 0, 0, 0)
        self._up = False
        for name, text, read in (
            ("queue_up", "Whether the queue answers.", lambda: self._up),
            ("queue_jobs_waiting", "Jobs that wait in the queue.", lambda: self._health.in_queue),
            ("queue_jobs_running", "Jobs of the queue that run.", lambda: self._health.in_progress),
            ("queue_workers", "Processes that work its jobs.", lambda: self._health.workers),
        ):
            metrics.watch(name, text, read)

    async def refresh(self) -> None:
        """Ask the queue; where it does not answer, that is told and the rest stays as it was."""
        try:
            async with asyncio.timeout(_SECONDS):
                self._health = await self._jobs.health()
        except (TimeoutError, ImageWorkerError):
            self._up = False
        else:
            self._up = True
