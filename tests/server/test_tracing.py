"""What OpenTelemetry is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from image_worker.server.tracing import Tracing, carried, continued
from image_worker.telemetry.facts import Facts
from tests.job.making import PNG
from tests.server.serving import client

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = f"00-{TRACE}-b7ad6b7169203331-01"


@pytest.fixture
def exporter() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def tracing(exporter: InMemorySpanExporter) -> Tracing:
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return Tracing(provider)


def named(exporter: InMemorySpanExporter) -> dict[str, ReadableSpan]:
    return {span.name: span for span in exporter.get_finished_spans()}


def test_a_request_and_its_job_are_one_trace(
    exporter: InMemorySpanExporter, tracing: Tracing
) -> None:
    server = client(tracing=tracing)
    server.post("/process?op=resize:width=20", content=PNG, headers={"traceparent": PARENT})
    spans = named(exporter)
    request, job = spans["POST /process"], spans["job"]
    assert {f"{span.context.trace_id:032x}" for span in spans.values() if span.context} == {TRACE}
    assert job.parent
    assert job.context
    assert request.context
    assert job.parent.span_id == request.context.span_id
    assert job.attributes
    assert job.attributes["job.operations"] == ("resize",)
    for stage in ("fetch", "render"):
        parent = spans[stage].parent
        assert parent
        assert parent.span_id == job.context.span_id


def test_a_job_that_failed_says_so(exporter: InMemorySpanExporter, tracing: Tracing) -> None:
    client(tracing=tracing).post("/process", content=b"no picture")
    assert named(exporter)["job"].status.description == "unsupported_format"


def test_a_trace_goes_on_with_a_job_of_the_queue(
    exporter: InMemorySpanExporter, tracing: Tracing
) -> None:
    with continued({"traceparent": PARENT, "s3Config": {}}):
        assert carried() == {"traceparent": PARENT}
        tracing.add(Facts("1", "ok", 0.1, spans={"render": 50}))
    assert carried() == {}
    assert {f"{span.context.trace_id:032x}" for span in named(exporter).values()} == {TRACE}


def test_a_signature_is_in_no_trace(exporter: InMemorySpanExporter, tracing: Tracing) -> None:
    client(tracing=tracing).get("/image?url=http://127.0.0.1/a&signature=opensesame")
    request = named(exporter)["GET /image"]
    assert "opensesame" not in str(request.attributes)
