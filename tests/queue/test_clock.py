"""A clock that is set while a job runs."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from image_worker.queue import Jobs, Status
from tests.queue.playing import Held, connected, working

if TYPE_CHECKING:
    from image_worker.queue import Broker

HOUR = 3600


@pytest.mark.parametrize("jump", [-HOUR, HOUR])
async def test_a_job_outlives_a_clock_that_is_set(
    broker: Broker, monkeypatch: pytest.MonkeyPatch, jump: int
) -> None:
    held, real = Held(), time.time
    async with connected(broker) as store, working(store, held):
        jobs = Jobs(store)
        job_id = await jobs.submit(b"1")
        await held.begun.get()
        monkeypatch.setattr(time, "time", lambda: real() + jump)
        held.go.set()
        job = await jobs.wait(job_id, 30)
        assert job
        assert job.status is Status.COMPLETED
        assert job.execution_ms is not None
        assert job.execution_ms >= 0
        later = await jobs.wait(await jobs.submit(b"2"), 30)
        assert later
        assert later.output == b"2"


async def test_a_clock_that_jumps_over_the_end_of_a_job_costs_that_job_alone(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, real = Held(), time.time
    async with connected(broker) as store, working(store, held):
        jobs = Jobs(store)
        job_id = await jobs.submit(b"1")
        await held.begun.get()
        monkeypatch.setattr(time, "time", lambda: real() + 48 * HOUR)
        assert await jobs.status(job_id) is None
        held.go.set()
        later = await jobs.wait(await jobs.submit(b"2"), 30)
        assert later
        assert later.status is Status.COMPLETED
