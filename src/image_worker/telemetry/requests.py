"""Counts and times of requests, by route."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import Counter, Histogram

from image_worker.telemetry.metrics import PREFIX, SECONDS

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

_METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})


class Requests:
    """The metrics of a server's requests."""

    def __init__(self, registry: CollectorRegistry) -> None:
        """Begin at zero, beside the metrics that are in the registry already."""
        self._counter = Counter(
            "requests",
            "Requests that were answered; 499 are those whose caller left before.",
            ["route", "method", "status"],
            namespace=PREFIX,
            registry=registry,
        )
        self._seconds = Histogram(
            "request_duration_seconds",
            "Time from the head of a request to the last byte of its answer.",
            ["route"],
            namespace=PREFIX,
            buckets=SECONDS,
            registry=registry,
        )

    def add(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count a request; `route` is a template, never the path of a caller."""
        known = method if method in _METHODS else "other"
        self._counter.labels(route, known, status).inc()
        self._seconds.labels(route).observe(seconds)
