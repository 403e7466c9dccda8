"""What a job hands over before it ends, piece by piece."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from image_worker.queue import layout
from image_worker.queue.job import Job, job_of
from image_worker.queue.ledger import valid
from image_worker.queue.watching import Watch

if TYPE_CHECKING:
    from image_worker.queue.ledger import Ledger
    from image_worker.queue.records import Record


async def take(ledger: Ledger, job_id: str, seconds: float) -> tuple[Job, list[bytes]] | None:
    """Hand out what a job has streamed since the last time, and forget it.

    Waits for so long if there is nothing. The last items come with the job's end, and nothing
    after it. None if there is no such job.
    """
    if not valid(job_id):
        return None
    subjects = layout.changed(job_id), layout.streamed(job_id)
    async with Watch(ledger.store, *subjects) as changes:
        give_up = time.monotonic() + seconds
        while record := await ledger.find(job_id):  # before the items: no item follows the end
            items = await _take(ledger, record)
            if items or record.status.final or not await changes.wait(give_up):
                return job_of(record), items
    return None


async def _take(ledger: Ledger, record: Record) -> list[bytes]:
    subject = layout.item(record.id, record.run)  # what a lost worker streamed is not handed out
    found = await ledger.store.following(layout.ITEMS, subject, 1)
    if found:
        end = found[-1].sequence + 1
        await ledger.store.drop(layout.ITEMS, layout.item(record.id), before=end)
    return [stored.data for stored in found]
