"""What the SDK's loop is given, and all that goes on beside it."""

from __future__ import annotations

import asyncio
import gc
import logging
import threading
from typing import TYPE_CHECKING, Any

from image_worker.runpod_worker.bridge import Bridge
from image_worker.runpod_worker.shutdown import Drain
from image_worker.telemetry.logs import JobLog
from image_worker.telemetry.readiness import Readiness, State

if TYPE_CHECKING:
    from image_worker.environment import Early
    from image_worker.runpod_worker.making import Maker
    from image_worker.telemetry.facts import Facts
    from image_worker.telemetry.health_port import HealthPort
    from image_worker.telemetry.metrics import Metrics

log = logging.getLogger(__name__)

_LOAD_AFTER_SECONDS = 0.05
"""Time for the first request to leave; loading what does the jobs would be in its way."""


class Loop:
    """The worker from its start to its end."""

    def __init__(self, early: Early, maker: Maker) -> None:
        """Take what is known so far, and what makes the service when the loop runs."""
        self._early = early
        self._maker = maker
        self._log = JobLog()
        self._bridge = Bridge(maker, early.concurrency, self._told)
        self._readiness = Readiness()
        self._lock = threading.Lock()
        self._metrics: Metrics | None = None
        self._port = self._listening(early.health_port) if early.health_port else None

    def config(self) -> dict[str, Any]:
        """Return what the SDK is started with."""
        return {
            "handler": self._bridge.stream if self._early.stream else self._bridge.handle,
            "return_aggregate_stream": self._early.stream,
            "concurrency_modifier": self._concurrency,
        }

    def close(self) -> None:
        """End everything that was begun."""
        self._bridge.close()
        self._maker.close()
        if self._port:
            self._port.close()

    def _concurrency(self, current: int) -> int:
        """Say how many jobs to take; the SDK asks before each request, and so before the first."""
        del current
        if self._readiness.state is State.STARTING:
            self._begin()
        return self._early.concurrency

    def _begin(self) -> None:
        self._readiness.state = State.READY
        Drain(self._stopping).attach()
        loop = asyncio.get_running_loop()
        loop.call_later(_LOAD_AFTER_SECONDS, self._bridge.prepare, self._load)

    def _load(self) -> None:
        """Make what does the jobs, before the first of them if it is late enough."""
        try:
            self._maker.service()
            self._measured()
        except Exception as error:  # noqa: BLE001 - jobs are told of it too
            log.error("the worker cannot work: %s", error)  # noqa: TRY400 - the sentence says it
        gc.collect()
        gc.freeze()
        gc.enable()

    def _stopping(self) -> None:
        self._readiness.state = State.STOPPING

    def _told(self, facts: Facts) -> None:
        self._log.write(facts)
        if metrics := self._measured():
            metrics.add(facts)

    def _listening(self, port: int) -> HealthPort | None:
        """Answer probes from now on; a port that cannot be had is no reason not to work."""
        from image_worker.telemetry.health_port import HealthPort

        try:
            return HealthPort(port, self._readiness, self._exposed)
        except OSError as error:
            log.error("the health port %d cannot be used: %s", port, error.strerror)  # noqa: TRY400
            return None

    def _exposed(self) -> bytes:
        metrics = self._measured()
        return metrics.text() if metrics else b""

    def _measured(self) -> Metrics | None:
        """Return the metrics, made with the first job or question after there is a service."""
        service = self._maker.made
        if not (self._port and service):
            return None
        with self._lock:
            if self._metrics is None:
                from image_worker.runpod_worker.watched import metrics_of

                self._metrics = metrics_of(service, "runpod")
            return self._metrics
