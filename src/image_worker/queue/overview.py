"""The queue as a whole: how much there is, what was last, what happens now."""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from image_worker.errors import QueueFullError
from image_worker.queue import ending, layout
from image_worker.queue.job import Job, job_of
from image_worker.queue.ledger import waiting_record
from image_worker.queue.records import Record, Status
from image_worker.queue.watching import Watch

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from nats.aio.msg import Msg
    from nats.js.api import StreamState

    from image_worker.queue.ledger import Ledger
    from image_worker.queue.store import Store

_CHANGES_A_JOB: Final = 4
"""How often a record changes, about: so many places of its stream a job takes."""


@dataclass(frozen=True, slots=True)
class Health:
    """How many jobs and workers there are; what has ended is counted since the queue exists."""

    in_queue: int
    in_progress: int
    completed: int
    failed: int
    retried: int
    workers: int


async def health(store: Store) -> Health:
    """Count jobs and workers."""
    high, low, counts, workers = await asyncio.gather(
        store.insist(lambda: store.stream.consumer_info(layout.WORK, layout.HIGH)),
        store.insist(lambda: store.stream.consumer_info(layout.WORK, layout.LOW)),
        store.last_of_each(layout.COUNTS, layout.count()),
        store.last_of_each(layout.WORKERS, layout.worker()),
    )
    counted = {
        stored.subject.rpartition(".")[2]: int(json.loads(stored.data)["val"]) for stored in counts
    }
    return Health(
        in_queue=(high.num_pending or 0) + (low.num_pending or 0),
        in_progress=(high.num_ack_pending or 0) + (low.num_ack_pending or 0),
        completed=counted.get(ending.COMPLETED, 0),
        failed=counted.get(ending.FAILED, 0),
        retried=counted.get(ending.RETRIED, 0),
        workers=len(workers),
    )


async def check_room(store: Store) -> None:
    """Raise a `QueueFullError` if no more jobs may wait."""
    state = await _state(store, layout.WORK)
    if state.messages >= store.terms.max_queued:
        raise QueueFullError("the queue takes no more jobs now; try again later")


async def recent(ledger: Ledger, limit: int) -> list[Job]:
    """Return about so many jobs, newest first, without their outputs."""
    store = ledger.store
    places = limit * _CHANGES_A_JOB
    work, records = await asyncio.gather(_state(store, layout.WORK), _state(store, layout.JOBS))
    oldest = await ledger.waiting(1, limit)
    newest = await ledger.waiting(work.last_seq - places + 1, places)
    jobs = {ticket.id: job_of(waiting_record(ticket)) for _, ticket in oldest + newest}
    first = records.last_seq - places + 1
    for stored in await store.following(layout.JOBS, layout.job("*"), first, places):
        record = Record.load(stored.data, stored.sequence)
        if not record.gone:
            jobs[record.id] = job_of(record)
    return sorted(jobs.values(), key=lambda job: job.created, reverse=True)[:limit]


@asynccontextmanager
async def events(store: Store) -> AsyncIterator[AsyncIterator[Job]]:
    """Tell of every job that is accepted, begins, makes progress or ends, from now on."""
    async with Watch(store, layout.queued(), layout.changed()) as changes:
        await store.insist(store.connection.flush)  # from here on the broker knows who listens
        yield _events(changes)


async def _events(changes: Watch) -> AsyncIterator[Job]:
    while True:
        yield _event(await changes.next())


def _event(message: Msg) -> Job:
    kind, job_id = message.subject.split(".")[1:]
    if kind == "queued":
        return Job(id=job_id, status=Status.IN_QUEUE, created=time.time())
    return job_of(Record.load(message.data, 0))


async def _state(store: Store, stream: str) -> StreamState:
    return (await store.insist(lambda: store.stream.stream_info(stream))).state
