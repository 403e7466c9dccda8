"""Many jobs that are prepared together."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from image_worker.errors import (
    BatchClosedError,
    InvalidParameterError,
    QueueFullError,
    UnknownBatchError,
)
from image_worker.queue import Batches, Feeder, Jobs, Stage, Status, status_of
from image_worker.queue import batch as limits
from image_worker.queue.batch import Request
from tests.queue.playing import Held, background, connected, echo, fail, until, working

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from image_worker.queue import Batch, Broker, Store
    from tests.queue.playing import Handle


def asked(count: int, first: int = 0) -> list[Request]:
    return [Request(str(number).encode()) for number in range(first, first + count)]


@asynccontextmanager
async def feeding(broker: Broker, handle: Handle = echo) -> AsyncIterator[tuple[Store, Batches]]:
    async with (
        connected(broker) as store,
        working(store, handle),
        background(Feeder(store, Jobs(store)).run()),
    ):
        yield store, Batches(store, Jobs(store))


async def finished(batches: Batches, batch_id: str) -> Batch:
    async def done() -> bool:
        return (await batches.find(batch_id)).counts is not None

    await until(done)
    return await batches.find(batch_id)


async def test_a_batch_is_worked_once_it_is_finalized(broker: Broker) -> None:
    async with feeding(broker) as (store, batches):
        batch = await batches.create(asked(3))
        await batches.append(batch.id, asked(70, 3))
        assert (await Jobs(store).health()).in_queue == 0
        assert (await batches.finalize(batch.id)).stage is Stage.FINALIZED
        batch = await finished(batches, batch.id)
        assert (batch.counts.completed, batch.counts.failed) == (73, 0)  # type: ignore[union-attr]
        results = await batches.results(batch, 0, 1000)
        assert [output for _, _, output in results] == [str(n).encode() for n in range(73)]
        job = await Jobs(store).status(batch.requests[5])
        assert job
        assert job.output == b"5"
        page = await batches.results(batch, 70, 50)
        assert [one for one, _, _ in page] == list(batch.requests[70:])


async def test_requests_that_fail_do_not_stop_the_batch(broker: Broker) -> None:
    async with feeding(broker, fail) as (_, batches):
        batch = await batches.create(asked(3))
        await batches.finalize(batch.id)
        batch = await finished(batches, batch.id)
        assert (batch.counts.completed, batch.counts.failed) == (0, 3)  # type: ignore[union-attr]


async def test_a_draft_can_be_changed_and_a_batch_cannot(broker: Broker) -> None:
    async with feeding(broker) as (_, batches):
        batch = await batches.create(asked(3))
        first, second, third = batch.requests
        await batches.put(batch.id, first, Request(b'"other"'))
        batch = await batches.remove(batch.id, second)
        assert batch.requests == (first, third)
        assert (await batches.rename(batch.id, "nightly")).name == "nightly"
        await batches.finalize(batch.id)
        for change in (
            batches.append(batch.id, asked(1)),
            batches.put(batch.id, first, Request(b"1")),
            batches.remove(batch.id, first),
        ):
            with pytest.raises(BatchClosedError):
                await change
        batch = await finished(batches, batch.id)
        assert [output for _, _, output in await batches.results(batch, 0, 9)] == [b'"other"', b"2"]


async def test_unknown_batches_and_requests(broker: Broker) -> None:
    async with connected(broker) as store:
        batches = Batches(store, Jobs(store))
        batch = await batches.create()
        for wrong in ("batch_0", "a.b", "*", ""):
            with pytest.raises(UnknownBatchError):
                await batches.find(wrong)
        with pytest.raises(UnknownBatchError):
            await batches.remove(batch.id, "req_0")


async def test_limits(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    async with connected(broker) as store:
        batches = Batches(store, Jobs(store))
        batch = await batches.create(asked(1))
        with pytest.raises(InvalidParameterError, match="5000"):
            await batches.append(batch.id, [Request(b"1")] * limits.MOST_REQUESTS)
        for _ in range(limits.MOST_ACTIVE - 1):
            await batches.create()
        with pytest.raises(QueueFullError):
            await batches.create()
        await batches.cancel(batch.id)
        await batches.create()
        assert len(await batches.all()) == limits.MOST_ACTIVE + 1


async def test_a_cancelled_batch_finishes_what_runs_and_forgets_the_rest(broker: Broker) -> None:
    held = Held()
    async with feeding(broker, held) as (store, batches):
        batch = await batches.create(asked(40))
        await batches.finalize(batch.id)
        running = {(await held.begun.get()).id for _ in range(2)}
        batch = await batches.cancel(batch.id)
        assert batch.stage is Stage.CANCELLED
        assert (await batches.counts(batch)).in_progress == 2
        held.go.set()

        async def drained() -> bool:
            health = await Jobs(store).health()
            return health.in_queue + health.in_progress == 0

        await until(drained)
        for request_id, record, _ in await batches.results(batch, 0, 100):
            wanted = Status.COMPLETED if request_id in running else Status.CANCELLED
            assert status_of(batch, record) is wanted


async def test_a_batch_goes_on_after_its_feeder_has_ended(broker: Broker) -> None:
    held = Held()
    async with feeding(broker, held) as (_, batches):
        batch = await batches.create(asked(40))
        await batches.finalize(batch.id)
        await held.begun.get()
    async with feeding(broker) as (_, batches):
        batch = await finished(batches, batch.id)
        assert batch.counts
        assert batch.counts.completed == 40


async def test_a_batch_does_not_delay_others(broker: Broker) -> None:
    held = Held()
    async with feeding(broker, held) as (store, batches):
        batch = await batches.create(asked(20))
        await batches.finalize(batch.id)
        first = {(await held.begun.get()).id for _ in range(2)}
        urgent = await Jobs(store).submit(b"1")
        held.go.set()
        later = [(await held.begun.get()).id for _ in range(4)]
        assert not first & {urgent}
        assert urgent in later
