"""The metrics of the worker: those of every job, and what is read off it when somebody asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from image_worker.health import memory
from image_worker.telemetry.metrics import Metrics

if TYPE_CHECKING:
    from image_worker.runpod_worker.service import Service


def metrics_of(service: Service, source: str) -> Metrics:
    """Return new metrics that watch a service whose jobs come from `source`."""
    metrics = Metrics(source)
    engine, cache = service.engine, service.worker.cache
    sources = service.worker.sources
    values = {
        "jobs_in_progress": ("Jobs that are here now.", lambda: service.tally.in_progress),
        "queue_depth": ("Jobs that wait for a child.", lambda: engine.load().waiting),
        "workers": ("Children that work at once.", lambda: engine.load().children),
        "workers_busy": ("Children that work now.", lambda: engine.load().busy),
        "cache_bytes": ("Bytes of kept results.", lambda: cache.bytes),
        "cache_stored_hits": ("Results found in the folder of them.", lambda: cache.stored_hits),
        "source_cache_bytes": (
            "Bytes of kept pictures that were fetched.",
            lambda: sources.bytes if sources else 0,
        ),
        "resident_bytes": ("Memory of the parent.", lambda: memory()["resident_bytes"] or 0),
    }
    for name, (text, read) in values.items():
        metrics.watch(name, text, read)
    return metrics
