"""The handler that RunPod calls."""

from __future__ import annotations

import logging
from functools import cache
from typing import TYPE_CHECKING, Any

from image_worker import batch
from image_worker.component.explain import shown
from image_worker.errors import ImageWorkerError, InvalidJsonError
from image_worker.job import failure
from image_worker.settings import Settings, load

if TYPE_CHECKING:
    from image_worker.worker import Worker


log = logging.getLogger(__name__)


def handler(event: object) -> dict[str, Any]:
    """Do the job, or the batch of jobs, in `event["input"]`.

    Problems come back as `{"success": false, "error": ...}`, which RunPod shows as a failed job;
    nothing is raised.
    """
    if not isinstance(event, dict) or "input" not in event:
        sentence = f'expected an object with the job in its key "input", got {shown(event)}'
        return failure(InvalidJsonError(sentence))
    try:
        settings, worker = _made()
    except ImageWorkerError as error:
        log.error("%s", error)  # noqa: TRY400 - the sentence says it all
        return failure(error)
    return batch.answer(worker, event["input"], threads=settings.batch_threads)


@cache
def _made() -> tuple[Settings, Worker]:
    settings = load()
    return settings, settings.worker()
