"""The handler that RunPod calls: an event comes in, an answer goes out, nothing is raised."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from image_worker.cancel import Cancel
from image_worker.runpod_worker.making import Maker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from image_worker.runpod_worker.watch import Watch

Json = dict[str, Any]

log = logging.getLogger(__name__)

_MAKER = Maker()
_SENTENCE = "internal error; the worker's log says more"


def handler(event: object) -> Json:
    """Do the job, or the batch of jobs, in `event["input"]`.

    Problems come back as `{"success": false, "error": ...}`, which RunPod shows as a failed job;
    nothing is raised.
    """
    return answer(_MAKER, event, Cancel())


def answer(maker: Maker, event: object, cancel: Cancel, watch: Watch | None = None) -> Json:
    """Do what `handler` does, in a way that can be called off and watched."""
    try:
        return maker.service().answer(event, cancel, watch)
    except Exception as error:  # noqa: BLE001 - the SDK would send the traceback to the client
        return told(error)


def chunks(
    maker: Maker, event: object, cancel: Cancel, watch: Watch | None = None
) -> Iterator[Json]:
    """Yield the answer to a job, or to each job of a batch as soon as it is done."""
    try:
        yield from maker.service().chunks(event, cancel, watch)
    except Exception as error:  # noqa: BLE001 - as above
        yield told(error)


def told(error: Exception) -> Json:
    """Return the answer to a job that failed like this; what nobody foresaw goes to the log."""
    from image_worker.errors import ImageWorkerError
    from image_worker.job import failure

    if isinstance(error, ImageWorkerError):
        return failure(error)
    log.error("a job failed in a way that nobody foresaw", exc_info=error)
    return failure(ImageWorkerError(_SENTENCE))
