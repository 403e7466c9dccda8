"""Many jobs at once."""

from __future__ import annotations

import json
from typing import Any

import pytest

from image_worker import batch
from image_worker.cancel import Cancel
from image_worker.limits import Limits
from image_worker.worker import Ticket
from tests.engine.engines import Broken, Counting, Meeting
from tests.job.making import FAILURE_KEYS, IMAGE, job, picture_in, step, worker

TEXT = f"data:image/png;base64,{IMAGE['base64']}"
BAD = {"image": {"base64": "!"}}


def wide(width: int) -> dict[str, Any]:
    return job(step("resize", width=width))


def test_the_results_stand_in_the_order_of_the_jobs() -> None:
    widths = list(range(30, 10, -1))
    answer = batch.answer(worker(), {"images": [wide(width) for width in widths]})
    assert [picture_in(result).width for result in answer["results"]] == widths
    assert (answer["success"], answer["succeeded"], answer["failed"]) == (True, 20, 0)


def test_the_jobs_are_worked_at_once() -> None:
    engine = Meeting(3)
    answer = batch.answer(
        worker(engine), {"images": [wide(width) for width in (10, 20, 30)]}, threads=3
    )
    assert answer["succeeded"] == 3


def test_no_more_than_the_given_number_are_worked_at_once() -> None:
    import threading

    class Alone(Counting):
        lock = threading.Lock()

        def run(self, request: Any, cancel: Any = None, **more: Any) -> Any:
            assert self.lock.acquire(blocking=False)
            with_result = super().run(request, cancel, **more)
            self.lock.release()
            return with_result

    images = [wide(width) for width in range(10, 16)]
    assert batch.answer(worker(Alone()), {"images": images}, threads=1)["failed"] == 0


def test_a_bad_job_fails_alone() -> None:
    answer = batch.answer(worker(), {"images": [wide(9), BAD, wide(8), {"image": {}}, 5, None]})
    succeeded = [result["success"] for result in answer["results"]]
    assert succeeded == [True, False, True, False, False, False]
    assert (answer["success"], answer["succeeded"], answer["failed"]) == (True, 2, 4)
    assert all(result.keys() == FAILURE_KEYS for result in answer["results"][3:])
    assert answer["results"][1]["code"] == "invalid_base64"


@pytest.mark.parametrize("images", [[BAD], [BAD] * 5])
def test_a_batch_has_no_error_of_its_own_even_if_all_jobs_fail(images: list[Any]) -> None:
    answer = batch.answer(worker(), {"images": images})
    assert answer.keys() == {"success", "results", "succeeded", "failed"}
    assert (answer["succeeded"], answer["failed"]) == (0, len(images))
    broken = batch.answer(worker(Broken()), {"images": [wide(9)] * 2})
    assert [result["code"] for result in broken["results"]] == ["internal_error"] * 2
    assert "error" not in broken


def test_what_stands_beside_images_holds_for_all_who_do_not_say_otherwise() -> None:
    answer = batch.answer(
        worker(),
        {
            "images": [TEXT, IMAGE, {"image": IMAGE}, {"image": IMAGE, "operations": []}],
            "operations": [step("resize", width=10)],
            "output": {"format": "PNG"},
            "analyze": ["size"],
            "cache": "off",
        },
    )
    assert [result["metadata"]["width"] for result in answer["results"]] == [10, 10, 10, 40]
    assert {result["metadata"]["format"] for result in answer["results"]} == {"PNG"}
    assert {result["cache"] for result in answer["results"]} == {"off"}
    assert all(result["analysis"] == {"size": [40, 30]} for result in answer["results"])


def test_a_wrong_default_fails_every_job_that_uses_it() -> None:
    answer = batch.answer(worker(), {"images": [TEXT, wide(9)], "operations": "resize"})
    first, second = answer["results"]
    assert (first["path"], second["success"]) == ("operations", True)


def test_equal_jobs_of_a_batch_are_rendered_once() -> None:
    engine = Counting()
    answer = batch.answer(worker(engine), {"images": [wide(9)] * 8})
    assert answer["succeeded"] == 8
    assert len(engine.requests) == 1


@pytest.mark.parametrize(
    ("images", "words"),
    [
        ([], "expected 1 to 100 jobs, got 0"),
        ([TEXT] * 101, "expected 1 to 100 jobs, got 101"),
        ({}, "expected a list of jobs, got an object"),
        (TEXT, 'expected a list of jobs, got "data:image/png'),
        (None, "expected a list of jobs, got null"),
    ],
)
def test_a_batch_is_a_list_of_1_to_100_jobs(images: Any, words: str) -> None:
    answer = batch.answer(worker(), {"images": images})
    assert answer.keys() == FAILURE_KEYS
    assert (answer["code"], answer["path"]) == ("invalid_parameter", "images")
    assert words in answer["error"]


@pytest.mark.parametrize("key", ["image", "operation", "\ud800"])
def test_another_key_beside_images_is_refused(key: str) -> None:
    answer = batch.answer(worker(), {"images": [TEXT], key: []})
    assert answer.keys() == FAILURE_KEYS
    assert "not a known key beside images; " in answer["error"]
    answer["error"].encode()


def test_a_batch_within_a_batch_is_refused() -> None:
    answer = batch.answer(worker(), {"images": [{"images": [TEXT]}]})
    assert answer["results"][0]["code"] == "invalid_parameter"


def test_without_images_it_is_one_job() -> None:
    assert picture_in(batch.answer(worker(), wide(9))).width == 9
    assert batch.answer(worker(), [1])["code"] == "invalid_json"


def test_who_waits_is_told_of_each_job_as_soon_as_it_is_done() -> None:
    told: list[tuple[int, bool]] = []
    batch.answer(
        worker(),
        {"images": [wide(9), BAD, wide(8)]},
        threads=1,
        finished=lambda index, result: told.append((index, result["success"])),
    )
    assert sorted(told) == [(0, True), (1, False), (2, True)]


def test_each_job_has_a_name_of_its_own() -> None:
    names: list[str] = []

    class Asked:
        limits = Limits()

        def answer(self, _payload: Any, ticket: Ticket) -> Any:
            names.append(ticket.id)
            return {"success": True}

    asked: Any = Asked()
    batch.answer(asked, {"images": [wide(9)] * 3}, ticket=Ticket(id="job"))
    assert sorted(names) == ["job/0", "job/1", "job/2"]


def test_a_cancelled_batch_begins_no_more_jobs() -> None:
    cancel = Cancel()

    class Cancelling(Counting):
        def run(self, request: Any, _cancel: Any = None, **more: Any) -> Any:
            cancel.cancel()
            return super().run(request, None, **more)

    engine = Cancelling()
    answer = batch.answer(
        worker(engine),
        {"images": [wide(width) for width in range(10, 30)]},
        threads=1,
        ticket=Ticket(cancel=cancel),
    )
    assert answer.keys() == FAILURE_KEYS
    assert answer["code"] == "job_cancelled"
    assert len(engine.requests) == 1


def test_all_results_share_what_the_answer_may_have() -> None:
    images = [job(output={"format": "PNG"}, cache="off") for _ in range(10)]
    answer = batch.answer(worker(), {"images": images}, ticket=Ticket(max_inline_bytes=25_000))
    assert 0 < answer["succeeded"] < 10
    assert len(json.dumps(answer)) < 25_000 + 600 * answer["failed"]
