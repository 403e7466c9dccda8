"""Finding out where jobs stand: by their records, and by their tickets while they have none."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from image_worker.queue import layout
from image_worker.queue.blobs import Blobs, MissingError
from image_worker.queue.job import Job, job_of
from image_worker.queue.records import Record, Status, Ticket

if TYPE_CHECKING:
    from image_worker.queue.store import Store

_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,100}")
"""What an id may be: it becomes a part of subjects, where points and stars mean something."""


class Ledger:
    """What is known of the jobs of a queue."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.blobs = Blobs(store)

    async def find(self, job_id: str) -> Record | None:
        """Return where a job stands; None if there is none, or if it is no longer kept."""
        if not valid(job_id):
            return None
        record = await self.store.read(job_id) or await self._queued(job_id)
        # Neither: it may have begun and ended between the two questions.
        record = record or await self.store.read(job_id)
        return None if record is None or record.gone else record

    async def view(self, record: Record, *, output: bool = True) -> Job:
        """Return a job as its caller sees it."""
        return job_of(record, await self.output(record) if output else None)

    async def output(self, record: Record) -> bytes | None:
        """Return what came of a job, as long as it is kept."""
        if record.output is None:
            return None
        try:
            return await self.blobs.get(record.output)
        except MissingError:
            return None

    async def waiting(self, sequence: int, limit: int) -> list[tuple[int, Ticket]]:
        """Return tickets with their places, from that place of the queue on."""
        found = await self.store.following(layout.WORK, layout.any_work(), sequence, limit)
        return [(stored.sequence, Ticket.load(stored.data)) for stored in found]

    async def _queued(self, job_id: str) -> Record | None:
        found = await self.store.last_of_each(layout.WORK, layout.any_work(job_id))
        return waiting_record(Ticket.load(found[-1].data)) if found else None


def valid(job_id: str) -> bool:
    """Tell whether that can be the id of a job."""
    return _ID.fullmatch(job_id) is not None


def waiting_record(ticket: Ticket) -> Record:
    """Return what the record of a job would be that nobody has begun."""
    return Record(ticket=ticket, status=Status.IN_QUEUE)
