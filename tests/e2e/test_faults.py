"""What goes wrong outside of the worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.job.making import job, picture_in, step
from tests.outgoing.servers import Exchange, answer

if TYPE_CHECKING:
    from tests.e2e.conftest import Live

SHORT = job(step("resize", width=20))


def test_a_result_is_posted_again_where_the_platform_stumbles(live: Live) -> None:
    live.platform.answer_next("job-done", 500, 502)
    done = live.done(SHORT)
    assert done.status == "COMPLETED"
    assert picture_in(done.output).size == (20, 15)
    assert len(done.posts) == 1


@pytest.mark.parametrize("status", [400, 413])
def test_a_result_that_the_platform_refuses_leaves_the_worker_at_work(
    status: int, live: Live
) -> None:
    live.platform.answer_next("job-done", status)
    refused = live.platform.submit(SHORT)
    before = len(live.platform.asked("job-done"))
    live.platform.wait_for(lambda: len(live.platform.asked("job-done")) > before)
    assert live.done(SHORT).status == "COMPLETED"
    assert refused.status == "IN_PROGRESS"
    live.platform.jobs.cancel(refused)


def test_a_slow_platform_holds_up_no_other_job(live: Live) -> None:
    with live.platform.holding("job-done"):
        jobs = [live.platform.submit(SHORT) for _ in range(3)]
        live.platform.wait_for(lambda: len(live.platform.asked("job-done")) >= 3)
    for each in jobs:
        assert live.platform.finished(each).status == "COMPLETED"


def test_a_source_that_never_ends_fails(live: Live) -> None:
    def endless(exchange: Exchange) -> None:
        exchange.send(answer("200 OK", "Content-Type: image/png"))
        exchange.send_for_ever(bytes(1_000_000))

    live.origin.answer = endless
    failed = live.done({"image": {"url": live.origin.url()}})
    assert failed.status == "FAILED"
    assert failed.output["code"] == "source_too_large"
