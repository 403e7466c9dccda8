"""What Prometheus reads."""

from __future__ import annotations

from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from image_worker.telemetry.facts import facts_of
from image_worker.telemetry.metrics import Metrics
from image_worker.version import __version__
from tests.job.making import job, step, worker


def samples(metrics: Metrics) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    families = text_string_to_metric_families(metrics.text().decode())
    return {
        (sample.name.removeprefix("image_worker_"), tuple(sorted(sample.labels.items()))): (
            sample.value
        )
        for family in families
        for sample in family.samples
    }


def counted(*payloads: Any) -> Any:
    metrics, one = Metrics("runpod"), worker()
    for payload in payloads:
        metrics.add(facts_of(one.answer(payload), id="1", seconds=0.1, bytes_in=7))
    found = samples(metrics)
    return lambda name, **labels: found.get((name, tuple(sorted(labels.items()))))


def test_jobs_are_counted_by_where_they_come_from_and_how_they_end() -> None:
    value = counted(job(), job(), {})
    assert value("jobs_total", source="runpod", status="success") == 2
    assert value("jobs_total", source="runpod", status="failure") == 1
    assert value("errors_total", code="invalid_parameter") == 1


def test_what_was_done_is_counted() -> None:
    one = job(step("resize", width=9), output={"format": "PNG"})
    value = counted(one, one)
    assert value("operations_total", op="resize") == 2
    assert value("output_format_total", format="PNG") == 2
    assert value("cache_requests_total", result="miss") == 1
    assert value("cache_requests_total", result="hit") == 1
    assert value("input_bytes_total") == 14
    assert value("output_bytes_total") > 0
    assert value("job_span_duration_seconds_count", span="render") == 2
    assert value("build_info", version=__version__) == 1


def test_values_are_read_when_somebody_asks() -> None:
    metrics, depth = Metrics("http"), [3.0]
    metrics.watch("queue_depth", "Jobs that wait.", lambda: depth[0])
    depth[0] = 5
    assert samples(metrics)[("queue_depth", ())] == 5
