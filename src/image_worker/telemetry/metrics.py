"""Counts and times for Prometheus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import generate_latest

from image_worker.telemetry.facts import DONE
from image_worker.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable

    from image_worker.telemetry.facts import Facts

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

PREFIX = "image_worker"
"""What every name begins with."""
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """The metrics of one process, in a registry of their own."""

    def __init__(self, source: str) -> None:
        """Begin at zero; `source` is where the jobs come from, such as `http` or `runpod`."""
        self._source = source
        self.registry = CollectorRegistry()
        self._jobs = self._counter("jobs", "Jobs that have ended.", "source", "status")
        self._errors = self._counter("errors", "Jobs that failed.", "code")
        self._operations = self._counter("operations", "Operations that were done.", "op")
        self._formats = self._counter("output_format", "Pictures that were written.", "format")
        self._caches = self._counter("cache_requests", "Results asked of the cache.", "result")
        self._sources = self._counter(
            "source_cache_requests", "Pictures by URL asked of the cache.", "result"
        )
        self._in = self._counter("input_bytes", "Bytes of sources.")
        self._out = self._counter("output_bytes", "Bytes of results.")
        self._spans = Histogram(
            "job_span_duration_seconds",
            "Time of each stage of a job; all pixel work of a job is one stage.",
            ["span"],
            namespace=PREFIX,
            buckets=SECONDS,
            registry=self.registry,
        )
        build = self._gauge("build_info", "The version that runs.", "version")
        build.labels(__version__).set(1)

    def watch(self, name: str, text: str, read: Callable[[], float]) -> None:
        """Add a value that is read whenever the metrics are asked for."""
        self._gauge(name, text).set_function(read)

    def add(self, facts: Facts) -> None:
        """Count a job that has ended."""
        status = "success" if facts.result == DONE else "failure"
        self._jobs.labels(self._source, status).inc()
        if facts.result != DONE:
            self._errors.labels(facts.result).inc()
        for span, milliseconds in facts.spans.items():
            self._spans.labels(span).observe(milliseconds / 1000)
        for operation in facts.operations:
            self._operations.labels(operation).inc()
        for name in facts.formats:
            self._formats.labels(name).inc()
        for result in facts.caches:
            self._caches.labels(result).inc()
        for result in facts.source_caches:
            self._sources.labels(result).inc()
        self._in.inc(facts.bytes_in or 0)
        self._out.inc(facts.bytes_out)

    def text(self) -> bytes:
        """Return everything in the form that Prometheus reads."""
        return generate_latest(self.registry)

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(name, text, labels, namespace=PREFIX, registry=self.registry)

    def _gauge(self, name: str, text: str, *labels: str) -> Gauge:
        return Gauge(name, text, labels, namespace=PREFIX, registry=self.registry)
