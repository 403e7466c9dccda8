from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import pytest

from image_worker.errors import InvalidParameterError, QueueFullError
from image_worker.queue import Answer, Jobs, Policy, Run, Status, Terms
from tests.queue.playing import Held, connected, echo, fail, playing, until, working

if TYPE_CHECKING:
    from image_worker.queue import Broker


async def test_a_job_waits_and_is_worked(broker: Broker) -> None:
    async with connected(broker) as store:
        jobs = Jobs(store)
        job_id = await jobs.submit(b'{"a": 1}')
        waiting = await jobs.status(job_id)
        assert waiting
        assert waiting.head() == {"id": job_id, "status": "IN_QUEUE"}
        async with working(store, echo) as consumer:
            done = await jobs.wait(job_id, 30)
    assert done
    assert done.status is Status.COMPLETED
    assert done.worker == consumer.name
    assert done.delay_ms is not None
    assert done.execution_ms is not None
    assert json.loads(done.json())["output"] == {"a": 1}


async def test_waiting_ends_when_its_time_is_over(broker: Broker) -> None:
    async with connected(broker) as store:
        jobs = Jobs(store)
        job = await jobs.wait(await jobs.submit(b"1"), 0.05)
    assert job
    assert job.status is Status.IN_QUEUE


@pytest.mark.parametrize("job_id", ["nothing", "", "a.b", "*", ">", "a b", "x" * 101, "ä"])
async def test_unknown_and_impossible_ids_are_no_jobs(broker: Broker, job_id: str) -> None:
    async with connected(broker) as store:
        jobs = Jobs(store)
        await jobs.submit(b"1")
        assert await jobs.status(job_id) is None
        assert await jobs.wait(job_id, 1) is None
        assert await jobs.cancel(job_id) is None
        assert await jobs.retry(job_id) is None
        assert await jobs.items(job_id, 1) is None


async def test_an_id_given_twice_is_one_job(broker: Broker) -> None:
    async with connected(broker) as store:
        jobs = Jobs(store)
        ids = [await jobs.submit(b"1", job_id="mine") for _ in range(2)]
        assert ids == ["mine", "mine"]
        assert (await jobs.health()).in_queue == 1


async def test_a_handler_says_why_a_job_failed(broker: Broker) -> None:
    async with playing(broker, fail) as jobs:
        job = await jobs.wait(await jobs.submit(b"1"), 30)
    assert job
    assert job.status is Status.FAILED
    assert (job.error, job.output) == ("it does not work", b'"why"')


async def test_errors_of_ours_are_told_and_others_are_not(broker: Broker) -> None:
    async def handle(run: Run) -> Answer:
        raise InvalidParameterError("expected a picture") if run.body == b"1" else KeyError("/etc")

    async with playing(broker, handle) as jobs:
        ours = await jobs.wait(await jobs.submit(b"1"), 30)
        other = await jobs.wait(await jobs.submit(b"2"), 30)
    assert ours
    assert ours.error == "expected a picture"
    assert other
    assert other.error == "the worker failed on this job; its log says more"


async def test_a_waiting_job_is_cancelled_and_never_run(broker: Broker) -> None:
    async with connected(broker) as store:
        jobs = Jobs(store)
        job_id = await jobs.submit(b"1")
        cancelled = await jobs.cancel(job_id)
        assert cancelled
        assert cancelled.status is Status.CANCELLED
        assert (await jobs.health()).in_queue == 0
        held = Held()
        async with working(store, held):
            other = await jobs.submit(b"2")
            assert (await held.begun.get()).id == other
        again = await jobs.cancel(job_id)
        assert again
        assert again.status is Status.CANCELLED


async def test_a_running_job_is_cancelled_at_once(broker: Broker) -> None:
    held = Held()
    async with playing(broker, held, Terms(lease_seconds=60)) as jobs:
        job_id = await jobs.submit(b"1")
        await held.begun.get()
        cancelled = await jobs.cancel(job_id)
        assert cancelled
        assert cancelled.status is Status.CANCELLED
        await held.told_to_stop.wait()
        await until(lambda: _idle(jobs))
        job = await jobs.status(job_id)
        assert job
        assert job.status is Status.CANCELLED


async def test_ended_jobs_are_not_cancelled(broker: Broker) -> None:
    async with playing(broker) as jobs:
        job_id = await jobs.submit(b"1")
        await jobs.wait(job_id, 30)
        job = await jobs.cancel(job_id)
    assert job
    assert job.status is Status.COMPLETED
    assert job.output == b"1"


@pytest.mark.parametrize("body", [b"1", b'"' + b"x" * 3_000_000 + b'"'])
async def test_a_failed_job_runs_again_with_its_input(broker: Broker, body: bytes) -> None:
    async with connected(broker) as store:
        jobs = Jobs(store)
        job_id = await jobs.submit(body, extra={"kept": True})
        async with working(store, fail):
            await jobs.wait(job_id, 30)
            await until(lambda: _idle(jobs))
        again = await jobs.retry(job_id)
        assert again
        assert again.status is Status.IN_QUEUE
        waiting = await jobs.status(job_id)
        assert waiting
        assert waiting.head() == {"id": job_id, "status": "IN_QUEUE"}
        seen: list[Run] = []

        async def handle(run: Run) -> Answer:
            seen.append(run)
            return Answer(output=run.body)

        async with working(store, handle):
            job = await jobs.wait(job_id, 30)
            await until(lambda: _idle(jobs))
        assert job
        assert job.status is Status.COMPLETED
        assert job.output == body
        assert job.error is None
        assert seen[0].extra == {"kept": True}
        health = await jobs.health()
        assert (health.completed, health.failed, health.retried) == (1, 1, 1)
        unchanged = await jobs.retry(job_id)
        assert unchanged
        assert unchanged.status is Status.COMPLETED


async def test_two_retries_at_once_are_one(broker: Broker) -> None:
    async with playing(broker, fail) as jobs:
        job_id = await jobs.submit(b"1")
        await jobs.wait(job_id, 30)
        await until(lambda: _idle(jobs))
    async with connected(broker) as store:
        jobs = Jobs(store)
        await asyncio.gather(*(jobs.retry(job_id) for _ in range(5)))
        health = await jobs.health()
    assert (health.in_queue, health.retried) == (1, 1)


async def test_a_job_that_runs_too_long_ends_as_timed_out(broker: Broker) -> None:
    held = Held()
    async with playing(broker, held) as jobs:
        policy = Policy(execution_seconds=0.1)
        job = await jobs.wait(await jobs.submit(b"1", policy=policy), 30)
        assert held.told_to_stop.is_set()
    assert job
    assert job.status is Status.TIMED_OUT
    assert job.error == "the job ran longer than 0.1 seconds"


async def test_a_waiting_job_is_forgotten_when_its_time_is_over(broker: Broker) -> None:
    async with connected(broker) as store:
        jobs = Jobs(store)
        job_id = await jobs.submit(b"1", policy=Policy(ttl_seconds=0.05))
        await until(lambda: _gone(jobs, job_id))
        held = Held()
        async with working(store, held, slots=1):
            other = await jobs.submit(b"2")
            assert (await held.begun.get()).id == other


async def test_a_running_job_is_forgotten_when_its_time_is_over(broker: Broker) -> None:
    held = Held()
    async with playing(broker, held) as jobs:
        job_id = await jobs.submit(b"1", policy=Policy(ttl_seconds=0.5))
        await held.told_to_stop.wait()
        await until(lambda: _gone(jobs, job_id))
        await until(lambda: _idle(jobs))
        assert (await jobs.health()).failed == 0


async def test_ended_jobs_are_kept_for_a_time(broker: Broker) -> None:
    terms = Terms(retention_seconds=60, sync_retention_seconds=0.1)
    async with playing(broker, terms=terms) as jobs:
        kept = await jobs.submit(b"1")
        short = await jobs.submit(b"1", sync=True)
        assert short.startswith("sync-")
        await jobs.wait(kept, 30)
        await until(lambda: _gone(jobs, short))
        assert await jobs.status(kept)


async def test_low_priority_waits_for_all_others(broker: Broker) -> None:
    order: list[bytes] = []

    async def handle(run: Run) -> Answer:
        order.append(run.body)
        return Answer()

    async with connected(broker) as store:
        jobs = Jobs(store)
        low = Policy(low_priority=True)
        ids = [await jobs.submit(b"0", policy=low) for _ in range(2)]
        ids += [await jobs.submit(b"1") for _ in range(4)]
        async with working(store, handle, slots=1):
            for job_id in ids:
                await jobs.wait(job_id, 30)
    assert order == [b"1"] * 4 + [b"0"] * 2


@pytest.mark.parametrize("size", [0, 65_536, 65_537, 1_000_000, 30_000_000])
async def test_payloads_of_any_size_come_back_as_they_went(broker: Broker, size: int) -> None:
    body = json.dumps("x" * max(0, size - 2)).encode()
    async with playing(broker) as jobs:
        job = await jobs.wait(await jobs.submit(body), 60)
    assert job
    assert job.status is Status.COMPLETED
    assert job.output == body


async def test_purging_cancels_what_waits_and_nothing_else(broker: Broker) -> None:
    held = Held()
    async with connected(broker) as store, working(store, held, slots=1):
        jobs = Jobs(store)
        running = await jobs.submit(b"1")
        await held.begun.get()
        ids = [
            await jobs.submit(b"2", policy=Policy(low_priority=low)) for low in (False, True, False)
        ]
        assert await jobs.purge() == 3
        assert await jobs.purge() == 0
        for job_id in ids:
            job = await jobs.status(job_id)
            assert job
            assert job.status is Status.CANCELLED
        held.go.set()
        done = await jobs.wait(running, 30)
        assert done
        assert done.status is Status.COMPLETED


@pytest.mark.parametrize("size", [1, 100_000])
async def test_a_full_queue_takes_no_more(broker: Broker, size: int) -> None:
    async with connected(broker, Terms(max_queued=3)) as store:
        jobs = Jobs(store)
        body = json.dumps("x" * size).encode()
        for _ in range(3):
            await jobs.submit(body)
        with pytest.raises(QueueFullError) as refused:
            await jobs.submit(body)
        assert refused.value.status == 429
        await jobs.purge()
        await jobs.submit(body)


async def test_health_counts_jobs_and_workers(broker: Broker) -> None:
    held = Held()
    async with connected(broker) as store, working(store, held, slots=2):
        jobs = Jobs(store)
        for _ in range(5):
            await jobs.submit(b"1")
        for _ in range(2):
            await held.begun.get()
        health = await jobs.health()
        assert (health.in_queue, health.in_progress, health.workers) == (3, 2, 1)
    async with connected(broker) as store:
        assert (await Jobs(store).health()).workers == 0


async def test_recent_jobs_are_listed_newest_first(broker: Broker) -> None:
    async with connected(broker) as store:
        jobs = Jobs(store)
        async with working(store, echo):
            done = await jobs.submit(b"1")
            await jobs.wait(done, 30)
            await until(lambda: _idle(jobs))
        waiting = await jobs.submit(b"2")
        listed = await jobs.recent()
        assert [(job.id, job.status.value) for job in listed] == [
            (waiting, "IN_QUEUE"),
            (done, "COMPLETED"),
        ]
        assert [job.id for job in await jobs.recent(1)] == [waiting]


async def test_events_tell_of_every_change(broker: Broker) -> None:
    async with connected(broker) as store, Jobs(store).events() as events:
        job_id = await Jobs(store).submit(b"1")
        told = [await anext(events)]
        async with working(store, echo):
            while not told[-1].status.final:
                told.append(await anext(events))
    assert [job.status.value for job in told] == ["IN_QUEUE", "IN_PROGRESS", "COMPLETED"]
    assert {job.id for job in told} == {job_id}
    assert told[-1].output is None


async def _idle(jobs: Jobs) -> bool:
    health = await jobs.health()
    return health.in_queue + health.in_progress == 0


async def _gone(jobs: Jobs, job_id: str) -> bool:
    return await jobs.status(job_id) is None
