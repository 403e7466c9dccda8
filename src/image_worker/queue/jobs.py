"""The side of those who want work done: submit a job, ask for it, wait for it, call it off."""

from __future__ import annotations

import asyncio
import contextlib
import time
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from image_worker.errors import QueueFullError, QueueUnavailableError
from image_worker.queue import ending, layout, overview, streams
from image_worker.queue.blobs import INLINE_BYTES
from image_worker.queue.job import Job, job_of
from image_worker.queue.ledger import Ledger, valid, waiting_record
from image_worker.queue.records import Payload, Policy, Record, Status, Ticket, without_inline
from image_worker.queue.store import PATIENCE_SECONDS, LostError
from image_worker.queue.terms import GRACE_SECONDS, SYNC_PREFIX
from image_worker.queue.waiting import Ending

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from contextlib import AbstractAsyncContextManager

    from image_worker.queue.overview import Health
    from image_worker.queue.store import Store

_PAGE: Final = 100


def new_id(*, sync: bool = False) -> str:
    """Return an id that no job has; `sync`: its caller waits."""
    return f"{SYNC_PREFIX if sync else ''}{uuid.uuid4()}-u1"


class Jobs:
    """Jobs of a queue. Every method raises a `QueueUnavailableError` if the broker stays away."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._ledger = Ledger(store)
        self._blobs = self._ledger.blobs

    async def submit(
        self,
        body: bytes,
        *,
        policy: Policy | None = None,
        webhook: str | None = None,
        extra: dict[str, Any] | None = None,
        sync: bool = False,
        job_id: str | None = None,
    ) -> str:
        """Accept a job, and return its id.

        Args:
            body: JSON of the input.
            policy: How long it may wait and run.
            webhook: URL to which the result is posted.
            extra: What else the worker is handed, such as the bucket of the result.
            sync: Whether the caller waits, so that the result is kept for a short time only.
            job_id: Id of the job; the same id twice is one job.

        Raises:
            QueueFullError: As many jobs wait as may.
            QueueUnavailableError: The disk is full, too.
        """
        job_id = job_id or new_id(sync=sync)
        policy = policy or Policy()
        if self._store.files and not self._store.files.has_room:
            raise QueueUnavailableError("the queue's disk is full; try again later")
        if len(body) > INLINE_BYTES:
            await overview.check_room(self._store)
        seconds = policy.ttl_seconds + GRACE_SECONDS
        ticket = await self.ticket(job_id, body, policy, webhook, extra or {}, seconds)
        try:
            await self.queue(ticket, job_id)
        except QueueFullError:
            await self._blobs.drop(ticket.input)
            raise
        return job_id

    async def ticket(
        self,
        job_id: str,
        body: bytes,
        policy: Policy,
        webhook: str | None,
        extra: dict[str, Any],
        seconds: float,
    ) -> Ticket:
        """Return a job that can be put into the queue, whose input is kept for so long."""
        return Ticket(
            id=job_id,
            created=time.time(),
            input=await self._blobs.put(f"in-{job_id}", body, seconds),
            policy=policy,
            webhook=webhook,
            extra=extra,
        )

    async def queue(self, ticket: Ticket, message_id: str) -> None:
        """Put a job into the queue, once for each message id.

        Raises:
            QueueFullError: As many jobs wait as may.
        """
        await self._store.send(
            layout.work(ticket.id, low=ticket.policy.low_priority),
            ticket.dump(),
            message_id=message_id,
            seconds=ticket.policy.ttl_seconds,
        )

    async def status(self, job_id: str, *, output: bool = True) -> Job | None:
        """Return where a job stands; None if there is none, or if it is no longer kept."""
        record = await self._ledger.find(job_id)
        return await self._ledger.view(record, output=output) if record else None

    async def wait(self, job_id: str, seconds: float) -> Job | None:
        """Return the job once it has ended, or as it stands after so long."""
        if not valid(job_id):
            return None
        async with Ending(self._ledger, job_id) as ending:
            return await ending.reached(seconds)

    def ending(self, job_id: str) -> Ending:
        """Return what hears of the end of a job that is accepted only after that was entered."""
        return Ending(self._ledger, job_id, fresh=True)

    async def cancel(self, job_id: str) -> Job | None:
        """End a job that waits or runs; one that has ended is returned as it is."""
        while (record := await self._ledger.find(job_id)) and not record.status.final:
            if cancelled := await self._cancel(record):
                return job_of(cancelled)
        return await self._ledger.view(record) if record else None

    async def retry(self, job_id: str) -> Job | None:
        """Run a job again that failed or took too long; any other is returned as it is.

        Raises:
            QueueFullError: As many jobs wait as may.
        """
        record = await self._ledger.find(job_id)
        if not record or not record.status.retryable:
            return await self._ledger.view(record) if record else None
        await ending.settle(self._store, self._blobs, record)  # its end may not have been followed
        ticket = replace(
            record.ticket,
            created=time.time(),
            input=await self._renewed(record.ticket),
            revision=record.revision,
        )
        message_id = f"{job_id}:{record.revision}"
        # The ticket first: it holds for the record as it is, so the job runs whatever follows.
        await self.queue(ticket, message_id)
        waiting = replace(waiting_record(without_inline(ticket)), revision=record.revision)
        with contextlib.suppress(LostError):  # it has begun already
            await self._store.write(waiting, ticket.policy.ttl_seconds + GRACE_SECONDS)
        await ending.count(self._store, ending.RETRIED, message_id)
        return job_of(waiting)

    async def purge(self) -> int:
        """Cancel every job that waits, and return how many there were."""
        removed, sequence = 0, 1
        while page := await self._ledger.waiting(sequence, _PAGE):
            removed += sum(await asyncio.gather(*(self.remove(ticket.id) for _, ticket in page)))
            sequence = page[-1][0] + 1
        return removed

    async def health(self) -> Health:
        """Count jobs and workers."""
        return await overview.health(self._store)

    async def recent(self, limit: int = 100) -> list[Job]:
        """Return about so many jobs, newest first, without their outputs."""
        return await overview.recent(self._ledger, limit)

    def events(self) -> AbstractAsyncContextManager[AsyncIterator[Job]]:
        """Tell of every job that is accepted, begins, makes progress or ends, once entered.

        Outputs are not told. After the broker was away something may be missing; whoever shows
        the jobs then asks for `recent` again.
        """
        return overview.events(self._store)

    async def items(self, job_id: str, seconds: float) -> tuple[Job, list[bytes]] | None:
        """Hand out what a job has streamed since the last time; see `streams.take`."""
        return await streams.take(self._ledger, job_id, seconds)

    async def _cancel(self, record: Record) -> Record | None:
        """End a job that stands so; None if it no longer does."""
        retention = self._store.terms.retention(record.id)
        waits = replace(record, ticket=without_inline(record.ticket))
        final = ending.ended(waits, Status.CANCELLED, retention)
        try:
            final = await ending.end(self._store, final, patience=PATIENCE_SECONDS)
        except LostError:
            return None
        if record.status is Status.IN_PROGRESS:
            await self._store.connection.publish(layout.stop(record.worker), record.id.encode())
        else:
            await ending.settle(self._store, self._blobs, final)
            await self._store.drop(layout.WORK, layout.any_work(record.id))
        return final

    async def remove(self, job_id: str) -> bool:
        """Cancel a job if it waits; tell whether it did."""
        record = await self._ledger.find(job_id)
        if record is None or record.status is not Status.IN_QUEUE:
            return False
        return await self._cancel(record) is not None

    async def _renewed(self, ticket: Ticket) -> Payload:
        """Return the input of a job again, to be kept for as long as the job may wait."""
        body = await self._blobs.get(ticket.input)
        seconds = ticket.policy.ttl_seconds + GRACE_SECONDS
        return await self._blobs.put(f"in-{ticket.id}", body, seconds)
