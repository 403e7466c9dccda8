"""What follows the end of a job, whoever ended it.

Each step does nothing the second time, because whoever takes them may be killed in between: the
ticket of the job is acknowledged last, and whoever is handed it again takes them all again.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from image_worker.queue import layout
from image_worker.queue.records import Status
from image_worker.queue.store import FOREVER
from image_worker.queue.terms import GRACE_SECONDS

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from typing import Any

    from image_worker.queue.blobs import Blobs
    from image_worker.queue.records import Payload, Record
    from image_worker.queue.store import Store

COMPLETED, FAILED, RETRIED = "completed", "failed", "retried"

_COUNTED: Final = {
    Status.COMPLETED: COMPLETED,
    Status.FAILED: FAILED,
    Status.TIMED_OUT: FAILED,
}
_WEBHOOK_SECONDS: Final = 86_400
"""For so long a webhook waits to be sent."""


def ended(
    record: Record,
    status: Status,
    retention: float,
    *,
    output: Payload | None = None,
    error: str | None = None,
) -> Record:
    """Return the record of a job that ends now."""
    now = time.time()
    return replace(
        record,
        status=status,
        ended=now,
        expires=now + retention,
        progress=None,
        output=output,
        error=error,
    )


async def end(store: Store, record: Record, *, patience: float = FOREVER) -> Record:
    """Set the last record of a job, which outlives the job's ticket."""
    seconds = store.terms.retention(record.id) + GRACE_SECONDS
    return await store.write(record, seconds, patience=patience)


async def settle(store: Store, blobs: Blobs, record: Record) -> None:
    """Count an ended job, have its webhook sent, and forget its input where none needs it."""
    steps: list[Coroutine[Any, Any, object]] = []
    message_id = f"{record.id}:{record.revision}"
    if counter := _COUNTED.get(record.status):
        steps.append(count(store, counter, message_id))
    if record.ticket.webhook:
        body, subject = record.dump(), layout.hook(record.id)
        steps.append(store.send(subject, body, message_id=message_id, seconds=_WEBHOOK_SECONDS))
    if record.ticket.input.apart and not record.status.retryable:
        steps.append(blobs.drop(record.ticket.input))
    await asyncio.gather(*steps)


async def count(store: Store, counter: str, message_id: str) -> None:
    """Add one to a counter."""
    headers = {"Nats-Incr": "+1"}
    once = f"{counter}:{message_id}"
    await store.send(layout.count(counter), b"", message_id=once, headers=headers)
