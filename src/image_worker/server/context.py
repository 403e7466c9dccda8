"""What the routes work with."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from image_worker.server.tracing import Tracing

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor

    from image_worker.queue import Batches, Jobs, Store
    from image_worker.runpod_worker.service import Service
    from image_worker.server.options import Options
    from image_worker.server.queue_figures import QueueFigures
    from image_worker.telemetry.facts import Facts
    from image_worker.telemetry.metrics import Metrics
    from image_worker.telemetry.readiness import Readiness
    from image_worker.telemetry.requests import Requests


@dataclass(frozen=True, slots=True)
class Context:
    """Everything that lives as long as the server."""

    service: Service
    pool: Executor
    """Threads that wait for children on behalf of requests."""
    options: Options
    readiness: Readiness
    metrics: Metrics
    requests: Requests
    told: Callable[[Facts], None]
    """Told of each job that has ended, by `tell`."""
    store: Store
    jobs: Jobs
    batches: Batches
    figures: QueueFigures
    tracing: Tracing = field(default_factory=Tracing)
    drained: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the server ends and works no more jobs of the queue: nobody shall wait for one."""

    def tell(self, facts: Facts) -> None:
        """Count and log a job of a request."""
        self.service.tally.add(facts)
        self.told(facts)
