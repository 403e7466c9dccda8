"""Between the event loop and the threads."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

import pytest

from image_worker.runpod_worker.bridge import Bridge
from image_worker.runpod_worker.service import Service
from image_worker.settings import Settings
from tests.engine.engines import Counting, Gated
from tests.job.making import IMAGE, job, picture_in, step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from image_worker.cancel import Cancel
    from image_worker.engine import Engine
    from image_worker.telemetry.facts import Facts

BAD = {"image": {"base64": "!"}}


class Stoppable(Counting):
    """Works until it is called off, as native work in a child does."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.left = threading.Event(), threading.Event()

    def run(self, request: Any, cancel: Cancel | None = None, **more: Any) -> Any:  # noqa: ARG002
        assert cancel
        stopped = threading.Event()
        with cancel.listening(stopped.set):
            self.begun.set()
            assert stopped.wait(30)
        self.left.set()
        cancel.check()


class Made:
    """Makes the service with an engine of the test."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._service = Service(Settings(), engine)

    def service(self) -> Service:
        return self._service


class Bridged:
    """A bridge, its engine, and what was told of its jobs."""

    def __init__(self, engine: Any, threads: int = 4) -> None:
        self.engine = engine
        self.told: list[Facts] = []
        self.bridge = Bridge(Made(engine), threads, self.told.append, progress=False)  # type: ignore[arg-type]


@pytest.fixture
def bridged() -> Iterator[Any]:
    made: list[Bridged] = []

    def make(engine: Any = None) -> Bridged:
        made.append(Bridged(engine or Counting()))
        return made[-1]

    yield make
    for one in made:
        one.bridge.close()


def test_a_job_is_answered_and_told(bridged: Any) -> None:
    one = bridged()
    event = {"id": "job-1", "input": job(step("resize", width=9))}
    assert picture_in(asyncio.run(one.bridge.handle(event))).width == 9
    (facts,) = one.told
    assert (facts.id, facts.result, facts.operations) == ("job-1", "ok", ("resize",))


def test_jobs_do_not_wait_for_each_other(bridged: Any) -> None:
    one = bridged(Gated())

    async def both() -> Any:
        held = asyncio.ensure_future(one.bridge.handle({"input": job(cache="off")}))
        quick = await one.bridge.handle({"input": {"health": True}})
        assert not held.done()
        one.engine.gate.set()
        return quick, await held

    assert all(answer["success"] for answer in asyncio.run(both()))


def test_a_cancelled_job_stops_its_work_and_is_raised(bridged: Any) -> None:
    one = bridged(Stoppable())

    async def cancelled() -> None:
        task = asyncio.ensure_future(one.bridge.handle({"input": job(cache="off")}))
        await asyncio.to_thread(one.engine.begun.wait, 30)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert one.engine.left.is_set()

    asyncio.run(cancelled())
    assert [facts.result for facts in one.told] == ["job_cancelled"]


def test_what_goes_wrong_in_the_bridge_is_an_answer(
    bridged: Any, caplog: pytest.LogCaptureFixture
) -> None:
    one = bridged()
    answer = asyncio.run(one.bridge.handle([]))
    assert (answer["success"], answer["code"]) == (False, "internal_error")
    assert "Traceback" not in str(answer)
    assert "Traceback" in caplog.text


def chunks_of(one: Bridged, job_input: Any) -> list[Any]:
    async def collected() -> list[Any]:
        return [chunk async for chunk in one.bridge.stream({"id": "s", "input": job_input})]

    return asyncio.run(collected())


def test_a_batch_streams_each_item_and_then_the_counts(bridged: Any) -> None:
    one = bridged()
    *items, counts = chunks_of(one, {"images": [IMAGE, BAD, IMAGE]})
    assert sorted(item["index"] for item in items) == [0, 1, 2]
    # An error at the top would end the whole job in the SDK.
    assert all("error" not in item for item in items)
    by_index = {item["index"]: item["result"] for item in items}
    assert [by_index[index]["success"] for index in range(3)] == [True, False, True]
    assert counts == {"succeeded": 2, "failed": 1}
    assert [(facts.items, facts.failed) for facts in one.told] == [(3, 1)]


def test_a_single_job_streams_its_one_answer(bridged: Any) -> None:
    (answer,) = chunks_of(bridged(), job())
    assert picture_in(answer).size == (40, 30)


@pytest.mark.parametrize("job_input", [BAD, {"images": 5}, 7])
def test_a_stream_that_fails_has_one_chunk_with_the_error(bridged: Any, job_input: Any) -> None:
    (answer,) = chunks_of(bridged(), job_input)
    assert answer["error"]


def test_a_stream_that_nobody_reads_on_stops(bridged: Any) -> None:
    one = bridged(Stoppable())

    async def left() -> None:
        async def read() -> None:
            async for _ in one.bridge.stream({"input": {"images": [IMAGE] * 3, "cache": "off"}}):
                pass

        task = asyncio.ensure_future(read())
        await asyncio.to_thread(one.engine.begun.wait, 30)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(left())
    assert one.engine.left.is_set()
    assert [facts.result for facts in one.told] == ["job_cancelled"]
