"""The worker under RunPod's own SDK: what it answers."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING

from tests.e2e.fake_platform import KEY
from tests.e2e.processes import python
from tests.job.making import PNG, job, picture_in, step
from tests.outgoing.servers import Exchange, ok

if TYPE_CHECKING:
    from tests.e2e.conftest import Live

GOOD, BAD = job(step("resize", width=20)), job(step("resize", widht=20))
SENTENCE = 'did you mean "width"?'


def test_the_example_job_completes() -> None:
    done = python("handler.py")
    assert done.returncode == 0, done.stderr
    assert "completed successfully" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_a_job_from_the_command_line_completes() -> None:
    done = python("handler.py", "--test_input", json.dumps({"input": GOOD}))
    assert done.returncode == 0, done.stderr


def test_a_job_that_fails_says_why() -> None:
    done = python("handler.py", "--test_input", json.dumps({"input": BAD}))
    said = done.stdout + done.stderr
    assert done.returncode == 1
    assert SENTENCE in said.replace('\\"', '"')
    assert "Traceback" not in said


def test_a_good_job_is_completed(live: Live) -> None:
    done = live.done(GOOD)
    assert done.status == "COMPLETED"
    assert picture_in(done.output).size == (20, 15)
    assert {request.headers["Authorization"] for request in live.platform.asked("job-done")} == {
        KEY
    }


def test_a_bad_job_fails_with_a_sentence_and_its_code(live: Live) -> None:
    failed = live.done(BAD)
    assert failed.status == "FAILED"
    assert SENTENCE in failed.error
    assert failed.output == {
        "success": False,
        "message": failed.error,
        "code": "invalid_parameter",
        "path": "operations[0].params.widht",
        "retryable": False,
    }


def test_a_picture_is_fetched(live: Live) -> None:
    done = live.done({"image": {"url": live.origin.url("/a.png")}, "analyze": ["size"]})
    assert picture_in(done.output).size == (40, 30)


def test_several_jobs_are_worked_at_once(live: Live) -> None:
    together = threading.Barrier(3)

    def wait_for_the_others(exchange: Exchange) -> None:
        together.wait(60)
        exchange.send(ok(PNG))

    live.origin.answer = wait_for_the_others
    jobs = [live.platform.submit({"image": {"url": live.origin.url(f"/{n}")}}) for n in range(3)]
    assert {live.platform.finished(each).status for each in jobs} == {"COMPLETED"}


def test_a_batch_is_completed_although_one_of_its_jobs_fails(live: Live) -> None:
    batch = live.done({"images": [GOOD, BAD]})
    assert batch.status == "COMPLETED"
    assert batch.error is None
    assert [result["success"] for result in batch.output["results"]] == [True, False]
    assert (batch.output["succeeded"], batch.output["failed"]) == (1, 1)


def test_an_input_that_is_no_object_fails(live: Live) -> None:
    failed = live.done([1])
    assert failed.status == "FAILED"
    assert failed.output["code"] == "invalid_json"


def test_a_job_without_input_fails(live: Live) -> None:
    failed = live.platform.finished(live.platform.jobs.submit({"policy": {"ttl": 10_000}}))
    assert failed.status == "FAILED"
    assert "input" in failed.error
    assert live.done(GOOD).status == "COMPLETED"


def test_health_is_a_job(live: Live) -> None:
    health = live.done({"health": True})
    assert health.status == "COMPLETED"
    assert health.output["success"]


def test_each_job_leaves_one_line_of_json(live: Live) -> None:
    done = live.done(GOOD)
    (line,) = live.worker.log_of(done.id)
    assert line["requestId"] == done.id
    assert line["level"] == "INFO"
    assert GOOD["image"]["base64"][:40] not in live.worker.said


def test_no_traceback_is_said(live: Live) -> None:
    live.done({"image": {"base64": "AAAA"}})
    assert "Traceback" not in live.worker.said
