"""The handler that RunPod calls."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from image_worker import batch
from image_worker.errors import InvalidJsonError
from image_worker.job import failure
from image_worker.settings import Settings, load

if TYPE_CHECKING:
    from image_worker.worker import Worker


def handler(event: object) -> dict[str, Any]:
    """Do the job, or the batch of jobs, in `event["input"]`.

    Problems come back as `{"success": false, "error": ...}`, which RunPod shows as a failed job;
    nothing is raised.
    """
    if not isinstance(event, dict) or "input" not in event:
        return failure(InvalidJsonError('expected an object with the job in its key "input"'))
    settings, worker = _made()
    return batch.answer(worker, event["input"], threads=settings.batch_threads)


@cache
def _made() -> tuple[Settings, Worker]:
    settings = load()
    return settings, settings.worker()
