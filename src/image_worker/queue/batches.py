"""The side of those who want many jobs done together."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeVar

from image_worker.errors import (
    BatchClosedError,
    InvalidParameterError,
    QueueFullError,
    UnknownBatchError,
)
from image_worker.queue import layout
from image_worker.queue.batch import (
    MOST_ACTIVE,
    MOST_REQUESTS,
    Batch,
    Counts,
    Request,
    Stage,
    new_batch_id,
    new_request_id,
)
from image_worker.queue.ledger import Ledger, valid
from image_worker.queue.records import Record, Status, Ticket
from image_worker.queue.store import LostError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from image_worker.queue.jobs import Jobs
    from image_worker.queue.store import Store

Each = TypeVar("Each")

_KEPT_SECONDS: Final = 7 * 86_400
"""For so long a draft is kept after its last change, and a batch after it was finalized."""

_AT_ONCE: Final = 500
"""Records that are asked for in one question."""


class Batches:
    """Batches of a queue.

    Every method raises a `QueueUnavailableError` if the broker stays away, and those that take an
    id an `UnknownBatchError` if there is no such batch.
    """

    def __init__(self, store: Store, jobs: Jobs) -> None:
        self._store = store
        self._jobs = jobs
        self._ledger = Ledger(store)

    async def create(self, requests: Sequence[Request] = ()) -> Batch:
        """Begin a batch.

        Raises:
            QueueFullError: As many batches are prepared or worked as may.
            InvalidParameterError: These are more requests than a batch may have.
        """
        if sum(batch.active for batch in await self.all()) >= MOST_ACTIVE:
            raise QueueFullError(
                f"expected at most {MOST_ACTIVE} batches at once: wait for one, or cancel one"
            )
        batch = Batch(id=new_batch_id(), created=time.time())
        ids = await self._draft(batch, requests)
        return await self._set(replace(batch, requests=ids))

    async def append(self, batch_id: str, requests: Sequence[Request]) -> Batch:
        """Add requests to a draft; raises a `BatchClosedError` too, if it is none any more."""
        ids = await self._draft(await self.find(batch_id), requests)
        return await self._change(
            batch_id, lambda batch: replace(batch, requests=_within(batch.requests + ids))
        )

    async def put(self, batch_id: str, request_id: str, request: Request) -> Batch:
        """Replace a request of a draft; raises a `BatchClosedError` too."""
        batch = _containing(_open(await self.find(batch_id)), request_id)
        await self._keep(batch, request_id, request)
        return await self._change(batch_id, lambda batch: _containing(batch, request_id))

    async def remove(self, batch_id: str, request_id: str) -> Batch:
        """Take a request out of a draft; raises a `BatchClosedError` too."""

        def without(batch: Batch) -> Batch:
            left = _containing(batch, request_id).requests
            return replace(batch, requests=tuple(one for one in left if one != request_id))

        batch = await self._change(batch_id, without)
        await self._store.drop(layout.DRAFTS, layout.draft(batch_id, request_id))
        return batch

    async def rename(self, batch_id: str, name: str) -> Batch:
        """Give a batch another name."""
        return await self._change(batch_id, lambda batch: replace(batch, name=name), closed=True)

    async def finalize(self, batch_id: str) -> Batch:
        """Have the requests worked; no more can be added. A second time changes nothing."""
        batch = await self.find(batch_id)
        if batch.stage is Stage.FINALIZED:
            return batch
        return await self._change(batch_id, lambda batch: replace(batch, stage=Stage.FINALIZED))

    async def cancel(self, batch_id: str) -> Batch:
        """Call off the requests that wait; those that run are finished."""
        batch = await self.find(batch_id)
        if not batch.active:
            return batch
        batch = await self._change(
            batch_id, lambda batch: replace(batch, stage=Stage.CANCELLED), closed=True
        )
        await self.drop_drafts(batch)
        await self.recall(batch)
        return batch

    async def recall(self, batch: Batch) -> None:
        """Take out of the queue what waits in it of a batch."""
        for ids in _pages(batch.requests):
            subjects = [layout.work(one, low=True) for one in ids]
            found = await self._store.last_of_each(layout.WORK, *subjects)
            waiting = (stored.subject.rpartition(".")[2] for stored in found)
            await asyncio.gather(*(self._jobs.remove(one) for one in waiting))

    async def find(self, batch_id: str) -> Batch:
        """Return a batch."""
        subject = layout.batch(batch_id)
        stored = await self._store.last(layout.BATCHES, subject) if valid(batch_id) else None
        if stored is None:
            raise UnknownBatchError(f"expected the id of a batch, got {batch_id[:100]}")
        return Batch.load(stored.data, stored.sequence)

    async def all(self) -> list[Batch]:
        """Return all batches, newest first."""
        found = await self._store.last_of_each(layout.BATCHES, layout.batch())
        batches = [Batch.load(stored.data, stored.sequence) for stored in found]
        return sorted(batches, key=lambda batch: batch.created, reverse=True)

    async def counts(self, batch: Batch) -> Counts:
        """Count what has become of the requests of a batch."""
        if batch.counts or batch.stage is Stage.DRAFT:
            return batch.counts or Counts()
        return Counts.of((await self.records(batch.requests)).values())

    async def records(self, ids: Sequence[str]) -> dict[str, Record]:
        """Return the records of those jobs that have begun."""
        found: dict[str, Record] = {}
        for page in _pages(ids):
            for stored in await self._store.last_of_each(layout.JOBS, *map(layout.job, page)):
                record = Record.load(stored.data, stored.sequence)
                found[record.id] = record
        return found

    async def results(
        self, batch: Batch, offset: int, limit: int
    ) -> list[tuple[str, Record | None, bytes | None]]:
        """Return ids of requests with their records and outputs, as far as there are any."""
        ids = batch.requests[offset : offset + limit]
        records = await self.records(ids)
        outputs = await asyncio.gather(*map(self._ledger.output, records.values()))
        output = dict(zip(records, outputs, strict=True))
        return [(one, records.get(one), output.get(one)) for one in ids]

    async def submit(self, batch: Batch, request_id: str) -> float | None:
        """Put a request into the queue, and return when its time is over; twice does nothing.

        None if it is no longer kept.
        """
        stored = await self._store.last(layout.DRAFTS, layout.draft(batch.id, request_id))
        if stored is None:
            return None
        ticket = replace(Ticket.load(stored.data), created=time.time())
        await self._jobs.queue(ticket, request_id)
        return ticket.deadline

    async def finish(self, batch: Batch) -> None:
        """Note what came of a batch whose requests have all ended."""
        completed = (await self.counts(batch)).completed
        counts = Counts(completed=completed, failed=len(batch.requests) - completed)
        try:
            await self._set(replace(batch, counts=counts))
        except LostError:  # it was cancelled or renamed meanwhile: whoever looks again sees it
            return
        await self.drop_drafts(batch)

    async def drop_drafts(self, batch: Batch) -> None:
        """Forget what is kept of requests until they are put into the queue."""
        await self._store.drop(layout.DRAFTS, layout.draft(batch.id))

    async def _draft(self, batch: Batch, requests: Sequence[Request]) -> tuple[str, ...]:
        _within(_open(batch).requests + ("",) * len(requests))
        ids = tuple(new_request_id() for _ in requests)
        for page in _pages(list(zip(ids, requests, strict=True))):
            await asyncio.gather(*(self._keep(batch, one, request) for one, request in page))
        return ids

    async def _keep(self, batch: Batch, request_id: str, request: Request) -> None:
        policy = replace(request.policy, low_priority=True)  # they shall delay nobody who waits
        ticket = await self._jobs.ticket(
            request_id, request.body, policy, request.webhook, request.extra, _KEPT_SECONDS
        )
        subject = layout.draft(batch.id, request_id)
        await self._store.send(subject, ticket.dump(), seconds=_KEPT_SECONDS)

    async def _change(
        self, batch_id: str, change: Callable[[Batch], Batch], *, closed: bool = False
    ) -> Batch:
        """Change a batch; unless `closed`, only a draft."""
        while True:
            batch = await self.find(batch_id)
            try:
                return await self._set(change(batch if closed else _open(batch)))
            except LostError:
                continue

    async def _set(self, batch: Batch) -> Batch:
        revision = await self._store.set(
            layout.BATCHES, layout.batch(batch.id), batch.dump(), batch.revision, _KEPT_SECONDS
        )
        return replace(batch, revision=revision)


def status_of(batch: Batch, record: Record | None) -> Status:
    """Return where a request of a batch stands."""
    if record is not None:
        return record.status
    return Status.CANCELLED if batch.stage is Stage.CANCELLED else Status.IN_QUEUE


def _open(batch: Batch) -> Batch:
    if batch.stage is not Stage.DRAFT:
        raise BatchClosedError(f"expected a draft, got a batch that is {batch.stage.value}")
    return batch


def _containing(batch: Batch, request_id: str) -> Batch:
    if request_id not in batch.requests:
        raise UnknownBatchError(f"expected a request of the batch, got {request_id[:100]}")
    return batch


def _within(ids: tuple[str, ...]) -> tuple[str, ...]:
    if len(ids) > MOST_REQUESTS:
        raise InvalidParameterError(
            f"expected at most {MOST_REQUESTS} requests in a batch, got {len(ids)}",
            path="requests",
        )
    return ids


def _pages(items: Sequence[Each]) -> list[Sequence[Each]]:
    return [items[at : at + _AT_ONCE] for at in range(0, len(items), _AT_ONCE)]
