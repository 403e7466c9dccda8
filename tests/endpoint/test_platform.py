"""The client at RunPod's API, as the fake platform has it."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import TYPE_CHECKING, Any

import pytest

from image_worker.endpoint import (
    AsyncEndpoint,
    EndpointBusyError,
    EndpointFaultError,
    EndpointKeyError,
    EndpointTimeoutError,
    EndpointUnknownError,
    RemoteJobCancelledError,
    RemoteJobError,
)
from image_worker.errors import InvalidParameterError
from tests.e2e.fake_platform import ENDPOINT, KEY, FakePlatform

if TYPE_CHECKING:
    from image_worker.endpoint import Endpoint, JobState
    from tests.e2e.platform_jobs import PlatformJob
    from tests.endpoint.conftest import Played

JOB = {"image": "https://example.com/a.jpg"}
FAILURE = {
    "error": "operations[0].params.width: expected a number",
    "message": "operations[0].params.width: expected a number",
    "code": "invalid_parameter",
    "path": "operations[0].params.width",
}


@pytest.mark.usefixtures("worker")
def test_a_job_is_done_and_waited_for(endpoint: Endpoint, platform: FakePlatform) -> None:
    state = endpoint.run_sync(JOB)
    assert (state.status, state.output) == ("COMPLETED", JOB)
    assert state.execution_milliseconds is not None
    later = endpoint.run(JOB)
    assert later.status == "IN_QUEUE"
    assert endpoint.wait(later).output == JOB
    assert endpoint.status(later.id).ended
    # The platform keeps back its answers, so that no request is made twice.
    assert [len(platform.asked(name)) for name in ("runsync", "run", "status-sync")] == [1, 1, 1]


def test_what_stands_beside_the_job_is_sent_along(
    endpoint: Endpoint, platform: FakePlatform
) -> None:
    policy = {"ttl": 60_000}
    bucket = {"bucketName": "a"}
    endpoint.run(JOB, webhook="https://example.com/hook", policy=policy, bucket=bucket)
    sent = platform.asked("run")[0].json
    assert sent == {
        "input": JOB,
        "webhook": "https://example.com/hook",
        "policy": policy,
        "s3Config": bucket,
    }


def test_the_reason_of_a_failure_is_the_worker_s_own_error(
    endpoint: Endpoint, worker: Played
) -> None:
    worker.does = lambda _: dict(FAILURE)
    with pytest.raises(RemoteJobError, match="expected a number") as raised:
        endpoint.run_sync(JOB)
    reason, job = raised.value.reason, raised.value.job
    assert isinstance(reason, InvalidParameterError)
    assert (reason.message, reason.path) == ("expected a number", "operations[0].params.width")
    assert job is not None
    assert job.status == "FAILED"
    assert endpoint.status(job).error == FAILURE["error"]


def test_an_exception_of_a_foreign_worker_is_one_sentence(
    endpoint: Endpoint, worker: Played
) -> None:
    told = json.dumps({"error_type": "ValueError", "error_message": "too bad", "traceback": "..."})
    worker.does = lambda _: {"error": told}
    with pytest.raises(RemoteJobError, match=r"too bad$") as raised:
        endpoint.wait(endpoint.run(JOB))
    assert raised.value.reason is None


def test_progress_is_told_while_a_job_runs(
    endpoint: Endpoint, platform: FakePlatform, worker: Played
) -> None:
    known, seen = threading.Event(), []

    def work(job: PlatformJob) -> dict[str, Any]:
        progress = {"status": "IN_PROGRESS", "output": {"progress": "4/10"}}
        platform.jobs.post(job.id, progress)
        assert known.wait(30)
        return {}

    def told(state: JobState) -> None:
        seen.append(state.progress)
        if state.progress:
            known.set()

    worker.does = work
    assert endpoint.wait(endpoint.run(JOB), told=told).output == {}
    assert "4/10" in seen
    assert seen[-1] is None


def test_results_are_streamed_as_they_come(
    endpoint: Endpoint, platform: FakePlatform, worker: Played
) -> None:
    def work(job: PlatformJob) -> None:
        for number in range(3):
            platform.jobs.stream(job.id, number)

    worker.does = work
    assert list(endpoint.stream(endpoint.run(JOB))) == [0, 1, 2]


def test_a_stream_may_be_left_and_ends_with_its_job(
    endpoint: Endpoint, platform: FakePlatform
) -> None:
    job = endpoint.run(JOB)
    platform.jobs.stream(job.id, 1)
    stream = endpoint.stream(job)
    assert next(stream) == 1
    stream.close()
    assert endpoint.cancel(job).status == "CANCELLED"
    with pytest.raises(RemoteJobCancelledError):
        list(endpoint.stream(job))


def test_no_end_in_time_leaves_the_job_to_be_waited_for(endpoint: Endpoint) -> None:
    with pytest.raises(EndpointTimeoutError) as raised:
        endpoint.run_sync(JOB, seconds=0)
    assert raised.value.job is not None
    assert raised.value.job.status == "IN_QUEUE"
    endpoint.cancel(raised.value.job)
    with pytest.raises(RemoteJobCancelledError):
        endpoint.wait(raised.value.job)


def test_the_queue_is_purged_and_counted(endpoint: Endpoint) -> None:
    endpoint.run(JOB)
    assert endpoint.health()["jobs"]["inQueue"] == 1
    assert endpoint.purge_queue() == 1


def test_waits_where_answers_cannot_be_kept_back(
    endpoint: Endpoint, platform: FakePlatform, worker: Played
) -> None:
    platform.answer_next("status-sync", 404)
    worker.does = lambda _: platform.wait_for(lambda: len(platform.asked("status")) > 1) and {}
    assert endpoint.wait(endpoint.run(JOB)).ended
    assert len(platform.asked("status-sync")) == 1


def test_unknown_jobs_and_wrong_keys(endpoint: Endpoint, platform: FakePlatform) -> None:
    for ask in (endpoint.status, endpoint.wait, endpoint.cancel):
        with pytest.raises(EndpointUnknownError, match="no such job"):
            ask("none")
    wrong = AsyncEndpoint(ENDPOINT, url=platform.base, api_key="not-the-key")

    async def asked() -> None:
        async with wrong:
            await wrong.health()

    with pytest.raises(EndpointKeyError) as raised:
        asyncio.run(asked())
    assert "not-the-key" not in f"{wrong!r} {raised.value!r} {raised.value.__cause__!r}"


@pytest.mark.usefixtures("worker")
def test_what_may_pass_is_asked_again(endpoint: Endpoint, platform: FakePlatform) -> None:
    platform.answer_next("run", 429, 503)
    platform.answer_next("status-sync", 500, 502, 504)
    assert endpoint.wait(endpoint.run(JOB)).output == JOB
    assert len(platform.jobs.all) == 1


def test_a_job_is_not_sent_again_where_it_may_have_been_taken(
    endpoint: Endpoint, platform: FakePlatform
) -> None:
    platform.answer_next("run", 502)
    with pytest.raises(EndpointFaultError, match="502: as planned") as raised:
        endpoint.run(JOB)
    assert raised.value.taken
    assert len(platform.asked("run")) == 1


def test_tries_are_bounded(endpoint: Endpoint, platform: FakePlatform) -> None:
    platform.answer_next("health", *[503] * 10)
    with pytest.raises(EndpointBusyError):
        endpoint.health()
    assert len(platform.asked("health")) == 4


@pytest.mark.usefixtures("worker")
def test_many_tasks_share_one_client(platform: FakePlatform) -> None:
    async def work() -> list[JobState]:
        async with AsyncEndpoint(ENDPOINT, url=platform.base, api_key=KEY) as endpoint:
            jobs = ({"number": number} for number in range(8))
            return await asyncio.gather(*(endpoint.run_sync(job) for job in jobs))

    states = asyncio.run(work())
    assert [state.output for state in states] == [{"number": number} for number in range(8)]


def test_an_awaited_stream(platform: FakePlatform, worker: Played) -> None:
    worker.does = lambda job: platform.jobs.stream(job.id, "a")

    async def work() -> list[Any]:
        async with AsyncEndpoint(ENDPOINT, url=platform.base, api_key=KEY) as endpoint:
            job = await endpoint.run(JOB)
            return [result async for result in endpoint.stream(job)]

    assert asyncio.run(work()) == ["a"]
