"""Batches that are told of while they run: by progress, or item by item."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.e2e.sdk_worker import SdkWorker
from tests.job.making import PNG, job, picture_in, step
from tests.outgoing.servers import Exchange, ok

if TYPE_CHECKING:
    from tests.e2e.conftest import Live
    from tests.e2e.fake_platform import FakePlatform

GOOD, BAD = job(step("resize", width=20)), job(step("resize", widht=20))


def test_progress_is_told_but_never_after_the_result(live: Live) -> None:
    def slowly(exchange: Exchange) -> None:
        exchange.ending.wait(0.2)
        exchange.send(ok(PNG))

    live.origin.answer = slowly
    images = [{"url": live.origin.url(f"/{number}")} for number in range(40)]
    batch = live.done({"images": images})
    assert batch.status == "COMPLETED"
    assert batch.output["succeeded"] == len(images)
    told = [progress["done"] for progress in batch.progress]
    assert told
    assert told == sorted(told)
    assert told[-1] < len(images)
    assert batch.posts[-1]["output"] == batch.output


def test_items_are_streamed_where_that_is_set(platform: FakePlatform) -> None:
    with SdkWorker(platform, IMAGE_WORKER_STREAM="1") as worker:
        batch = platform.finished(platform.submit({"images": [GOOD, BAD, GOOD]}))
        single = platform.finished(platform.submit(GOOD))
        failed = platform.finished(platform.submit(BAD))
        assert "Traceback" not in worker.said
    *items, counts = [chunk["output"] for chunk in batch.chunks]
    results = {item["index"]: item["result"] for item in items}
    assert [results[index]["success"] for index in range(3)] == [True, False, True]
    assert (counts["succeeded"], counts["failed"]) == (2, 1)
    assert batch.output == [*items, counts]
    assert picture_in(single.output[0]).size == (20, 15)
    assert failed.status == "FAILED"
    assert isinstance(failed.error, str)
    assert 'did you mean "width"?' in failed.error
