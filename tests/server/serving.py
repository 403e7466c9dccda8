"""A server in this process, called as its clients call it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, cast

from fastapi.testclient import TestClient

from image_worker.engine import Engine, InProcessEngine
from image_worker.queue import Batches, Jobs, Store
from image_worker.runpod_worker.service import Service
from image_worker.runpod_worker.watched import metrics_of
from image_worker.server.app import create_app
from image_worker.server.context import Context
from image_worker.server.options import Options
from image_worker.server.queue_figures import QueueFigures
from image_worker.server.tracing import Tracing
from image_worker.settings import load
from image_worker.telemetry.readiness import Readiness, State
from image_worker.telemetry.requests import Requests

if TYPE_CHECKING:
    from image_worker.telemetry.facts import Facts

LOCAL = "http://127.0.0.1"


def client(
    engine: Engine | None = None,
    options: Options | None = None,
    told: list[Facts] | None = None,
    tracing: Tracing | None = None,
    **settings: Any,
) -> TestClient:
    """Return a client of a server that is ready, and has no queue."""
    service = Service(load(**settings), engine or InProcessEngine())
    metrics = metrics_of(service, "http")
    facts: list[Facts] = [] if told is None else told

    def tell(one: Facts) -> None:
        metrics.add(one)
        context.tracing.add(one)
        facts.append(one)

    nowhere = cast("Store", object())
    jobs = Jobs(nowhere)
    batches = Batches(nowhere, jobs)
    context = Context(
        service=service,
        pool=ThreadPoolExecutor(4),
        options=options or Options(),
        readiness=Readiness(),
        metrics=metrics,
        requests=Requests(metrics.registry),
        told=tell,
        store=nowhere,
        jobs=jobs,
        batches=batches,
        figures=QueueFigures(jobs, metrics),
        tracing=tracing or Tracing(),
    )
    context.readiness.state = State.READY
    return TestClient(create_app(context), LOCAL, raise_server_exceptions=False)
