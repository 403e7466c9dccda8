"""Traces for OpenTelemetry: FastAPI tells of requests, this of the jobs in them.

Nothing is exported unless `OTEL_EXPORTER_OTLP_ENDPOINT` says where to.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from opentelemetry import context, propagate, trace

from image_worker.telemetry.facts import DONE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fastapi.telemetry import TelemetryConfig

    from image_worker.telemetry.facts import Facts

_NANOSECONDS = 1_000_000_000
_MILLISECOND = 1_000_000


class Tracing:
    """Makes spans of what is told of jobs."""

    def __init__(self, provider: trace.TracerProvider | None = None) -> None:
        """Take who makes spans, if it is not whoever the environment names."""
        self._provider = provider
        self._tracer = trace.get_tracer("image_worker", tracer_provider=provider)

    @property
    def config(self) -> TelemetryConfig:
        """How FastAPI is to trace: requests alone, for counts and logs are told elsewhere."""
        return {
            "tracer_provider": self._provider,
            "auto_configure": self._provider is None,
            "operation_spans": False,
            "metrics": False,
            "logs": False,
        }

    def add(self, facts: Facts) -> None:
        """Tell of a job that has just ended; its stages are laid end to end."""
        end = time.time_ns()
        at = end - int(facts.seconds * _NANOSECONDS)
        told: dict[str, Any] = {
            "job.id": facts.id,
            "job.result": facts.result,
            "job.operations": facts.operations,
            "job.formats": facts.formats,
            "job.bytes_out": facts.bytes_out,
        }
        job = self._tracer.start_span("job", start_time=at, attributes=told)
        if not job.is_recording():
            return
        if facts.result != DONE:
            job.set_status(trace.StatusCode.ERROR, facts.result)
        inside = trace.set_span_in_context(job)
        for name, milliseconds in facts.spans.items():
            span = self._tracer.start_span(name, context=inside, start_time=at)
            at += int(milliseconds * _MILLISECOND)
            span.end(at)
        job.end(end)


def carried() -> dict[str, str]:
    """Return what has to come along with a job, so that its trace goes on elsewhere."""
    carrier: dict[str, str] = {}
    propagate.inject(carrier)
    return carrier


@contextmanager
def continued(carrier: Mapping[str, Any]) -> Iterator[None]:
    """Go on, in the block, with the trace that came along with a job."""
    token = context.attach(propagate.extract(carrier))
    try:
        yield
    finally:
        context.detach(token)


def conceal_query() -> None:
    """Keep the query out of the trace: it may hold a signature that opens a link."""
    trace.get_current_span().set_attribute("url.query", "")
