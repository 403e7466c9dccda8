"""What a worker of a queue says of itself, as nobody can reach it but by a job."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from image_worker.health import health
from image_worker.machine import container_cpu_seconds

if TYPE_CHECKING:
    from image_worker.runpod_worker.service import Service

Json = dict[str, Any]


def of(service: Service) -> Json:
    """Return the state of the worker: versions, formats, children, memory, CPU, jobs, cache."""
    cache, sources = service.worker.cache, service.worker.sources
    abilities = service.engine.abilities()
    return {
        **health(svg=service.settings.svg, reads=abilities.reads),
        "versions": dict(abilities.versions),
        "children": {**asdict(service.engine.load()), "locked": abilities.locked},
        "container_cpu_seconds": container_cpu_seconds(),
        "jobs": service.tally.as_json(),
        "cache": {
            "results": len(cache),
            "bytes": cache.bytes,
            "hits": cache.hits,
            "misses": cache.misses,
            "stored_hits": cache.stored_hits,
        },
        "source_cache": {"bytes": sources.bytes if sources else 0},
    }
