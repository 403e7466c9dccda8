"""What workers do with jobs: progress, items, losing them, giving them back."""

from __future__ import annotations

import asyncio
import os
import signal

from image_worker.queue import (
    Answer,
    Broker,
    Jobs,
    Run,
    Status,
    Terms,
    ending,
)
from image_worker.queue.store import LostError
from image_worker.queue.watching import Watch
from tests.queue.playing import Held, connected, echo, playing, until, working


async def test_progress_is_told_while_a_job_runs_and_not_after(broker: Broker) -> None:
    told, runs = asyncio.Event(), []

    async def handle(run: Run) -> Answer:
        runs.append(run)
        await run.progress("1/2")
        await told.wait()
        await run.progress("2/2")
        return Answer(output=b'"done"')

    async with playing(broker, handle) as jobs:
        job_id = await jobs.submit(b"1")
        await until(lambda: _has_progress(jobs, job_id))
        job = await jobs.status(job_id)
        assert job
        assert job.head()["output"] == {"progress": "1/2"}
        told.set()
        done = await jobs.wait(job_id, 30)
        await runs[0].progress("late")
        after = await jobs.status(job_id)
    assert done == after
    assert done
    assert done.head().get("output") is None
    assert done.output == b'"done"'


async def test_items_are_handed_out_once_and_in_order(broker: Broker) -> None:
    go = asyncio.Event()

    async def handle(run: Run) -> Answer:
        await run.item(b"1")
        await run.item(b"2")
        await go.wait()
        await run.item(b"3")
        return Answer()

    async with playing(broker, handle) as jobs:
        job_id = await jobs.submit(b"1")
        first: list[bytes] = []
        while len(first) < 2:
            taken = await jobs.items(job_id, 30)
            assert taken
            assert taken[0].status is Status.IN_PROGRESS
            first += taken[1]
        assert first == [b"1", b"2"]
        nothing = await jobs.items(job_id, 0)
        assert nothing
        assert nothing[1] == []
        go.set()
        await jobs.wait(job_id, 30)
        last = await jobs.items(job_id, 30)
        assert last
        assert (last[0].status, last[1]) == (Status.COMPLETED, [b"3"])
        end = await jobs.items(job_id, 30)
        assert end
        assert end[1] == []


async def test_only_one_of_two_ends_counts(broker: Broker) -> None:
    held = Held()
    async with playing(broker, held) as jobs, connected(broker) as store:
        job_id = await jobs.submit(b"1")
        await held.begun.get()
        record = await store.read(job_id)
        assert record is not None
        ends = [
            ending.ended(record, status, 60)
            for status in (Status.COMPLETED, Status.FAILED, Status.CANCELLED, Status.TIMED_OUT)
        ]
        outcomes = await asyncio.gather(
            *(ending.end(store, end) for end in ends), return_exceptions=True
        )
        won = [outcome for outcome in outcomes if not isinstance(outcome, LostError)]
        assert len(won) == 1
        held.go.set()  # the worker comes too late as well
        await until(lambda: _idle(jobs))
        job = await jobs.status(job_id)
    assert job
    assert job.status is won[0].status


async def test_cancels_and_ends_race_and_one_wins(broker: Broker) -> None:
    async with connected(broker) as store, working(store, echo, slots=4):
        jobs = Jobs(store)

        async def race() -> tuple[Status, Status]:
            job_id = await jobs.submit(b"1")
            await asyncio.gather(jobs.cancel(job_id), jobs.wait(job_id, 30), jobs.cancel(job_id))
            first, second = await jobs.status(job_id), await jobs.status(job_id)
            assert first
            assert second
            return first.status, second.status

        ends = await asyncio.gather(*(race() for _ in range(50)))
        await until(lambda: _idle(jobs))
        completed = (await jobs.health()).completed
    assert all(first == second and first.final for first, second in ends)
    assert completed == sum(first is Status.COMPLETED for first, _ in ends)


async def test_a_lost_workers_job_goes_to_another(broker: Broker) -> None:
    held = Held()
    async with connected(broker) as store:
        jobs = Jobs(store)
        job_id = await jobs.submit(b"1")
        async with working(store, held):
            await held.begun.get()
        # Cancelled as it was, it said nothing: to the queue it is lost.
        async with working(store, echo) as other:
            job = await jobs.wait(job_id, 30)
    assert job
    assert (job.status, job.worker, job.retries) == (Status.COMPLETED, other.name, 1)


async def test_a_job_that_costs_worker_after_worker_is_given_up(broker: Broker) -> None:
    held = Held()
    async with connected(broker, Terms(lease_seconds=0.5, max_attempts=2)) as store:
        jobs = Jobs(store)
        job_id = await jobs.submit(b"1")
        for attempt in (1, 2):
            async with working(store, held):
                run = await held.begun.get()
                assert run.attempt == attempt
        async with working(store, held):
            job = await jobs.wait(job_id, 30)
    assert job
    assert job.status is Status.FAILED
    assert job.error == "the job was given up: 2 workers were lost while they had it"
    assert held.begun.empty()


async def test_a_job_that_takes_long_stays_with_its_worker(broker: Broker) -> None:
    held = Held()
    async with (
        connected(broker, Terms(lease_seconds=2)) as store,
        working(store, held),
        working(store, held),
        Watch(store, "$JS.ACK.IMAGE_WORK.>") as said,
    ):
        jobs = Jobs(store)
        job_id = await jobs.submit(b"1")
        await held.begun.get()
        for _ in range(5):  # signs of life, three of which take as long as a lease
            assert (await said.next()).data == b"+WPI"
        held.go.set()
        job = await jobs.wait(job_id, 30)
    assert job
    assert job.retries == 0
    assert held.begun.empty()


async def test_a_closing_worker_gives_its_jobs_back(broker: Broker) -> None:
    held = Held()
    async with connected(broker, Terms(lease_seconds=60)) as store:
        jobs = Jobs(store)
        async with working(store, held) as consumer:
            job_id = await jobs.submit(b"1")
            await held.begun.get()
            await consumer.close()
            await held.told_to_stop.wait()
            await until(lambda: _stands(jobs, job_id, Status.IN_QUEUE))
        async with working(store, echo):
            job = await jobs.wait(job_id, 30)
    assert job
    assert (job.status, job.retries) == (Status.COMPLETED, 0)


async def test_a_closing_worker_ends_its_jobs_if_it_has_time(broker: Broker) -> None:
    held = Held()
    async with connected(broker) as store, working(store, held) as consumer:
        jobs = Jobs(store)
        job_id = await jobs.submit(b"1")
        await held.begun.get()
        closing = asyncio.ensure_future(consumer.close(30))
        held.go.set()
        await closing
        job = await jobs.status(job_id)
    assert job
    assert job.status is Status.COMPLETED


async def test_what_an_unanswered_write_wrote_is_found_again(broker: Broker) -> None:
    held = Held()
    async with playing(broker, held) as jobs, connected(broker) as store:
        await jobs.submit(b"1")
        run = await held.begun.get()
        written = await store.write(ending.ended(run.record, Status.COMPLETED, 60), 60)
        publish, calls = store.stream.publish, 0

        async def unanswered(*args: object, **more: object) -> object:
            nonlocal calls
            calls += 1
            answer = await publish(*args, **more)
            if calls == 1:
                raise TimeoutError
            return answer

        store.stream.publish = unanswered
        again = await store.write(ending.ended(written, Status.FAILED, 60), 60)
    assert calls == 2
    assert again.status is Status.FAILED


async def test_jobs_go_on_after_the_broker_was_killed(broker: Broker) -> None:
    held = Held()
    async with playing(broker, held) as jobs:
        ids = [await jobs.submit(b"%d" % number) for number in range(5)]
        await held.begun.get()
        first = broker.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        held.go.set()
        done = [await jobs.wait(job_id, 30) for job_id in ids]
        assert broker.pid not in (first, None)
        last = await jobs.wait(await jobs.submit(b"5"), 30)
    assert [job and job.output for job in [*done, last]] == [b"0", b"1", b"2", b"3", b"4", b"5"]


async def _has_progress(jobs: Jobs, job_id: str) -> bool:
    job = await jobs.status(job_id)
    return job is not None and job.progress is not None


async def _stands(jobs: Jobs, job_id: str, status: Status) -> bool:
    job = await jobs.status(job_id)
    return job is not None and job.status is status


async def _idle(jobs: Jobs) -> bool:
    health = await jobs.health()
    return health.in_queue + health.in_progress == 0
