"""Answers are as large as they say, and never larger than they may be."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from image_worker.buckets import Storage
from image_worker.errors import ResultTooLargeError
from image_worker.outgoing import Outgoing, Policy
from image_worker.sinks.base import Exits
from image_worker.worker import Ticket
from image_worker.worker.handover import Handover
from image_worker.worker.room import Room, json_bytes
from tests.job.making import encoded, job, noise, step, text_of, worker

if TYPE_CHECKING:
    from image_worker.worker import Worker

PNG = {"format": "PNG"}
WEB = {"widths": [10, 20, 30], "picture": True, **PNG}
JOBS: list[dict[str, Any]] = [
    job(output=PNG),
    job(output={**PNG, "delivery": "base64"}),
    job(output={"format": "WEBP", "quality": 7}, analyze=True),
    job(outputs={"web": WEB, "tiny": {"operations": [step("resize", width=3)]}}),
    job(outputs={"web": {"widths": [7, 9]}}, output=PNG),
    job(output={"format": "json"}, analyze=["size", "histograms"]),
    job(step("resize", width=20), dry_run=True),
    job(step("crop", left=0, top=0, right=900, bottom=9), output={"format": "JPEG"}),
]


def size(answer: dict[str, Any]) -> int:
    """Return what RunPod's SDK would send."""
    return len(json.dumps(answer, ensure_ascii=False).encode())


def told(one: Worker, asked: dict[str, Any], room: Room) -> dict[str, Any]:
    return one.answer(asked, Ticket(room=room))


@pytest.mark.parametrize("asked", JOBS)
def test_the_size_of_an_answer_is_known_to_the_byte(asked: dict[str, Any]) -> None:
    room = Room(10**9)
    answer = told(worker(), asked, room)
    assert answer["success"], answer
    assert room.left == 10**9 - size(answer)
    assert json_bytes(answer) == size(answer)


def test_letters_beyond_ascii_count_as_they_are_sent() -> None:
    room = Room(10**6)
    answer = told(worker(), job(step("rèsize\n\u2028🎈")), room)
    assert not answer["success"]
    assert room.left == 10**6 - size(answer)


@pytest.mark.parametrize("asked", JOBS[:5])
def test_one_byte_decides(asked: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.perf_counter", lambda: 1.0)  # times are written with more digits
    outcome, outgoing = worker().do(asked), Outgoing(Policy())
    exits = Exits(outgoing, Storage(outgoing))

    def within(limit: int) -> dict[str, Any]:
        return Handover(outcome, exits, Room(limit), "job", _started=1.0).answer()

    exact = size(within(10**9))
    assert size(within(exact)) == exact
    with pytest.raises(ResultTooLargeError) as caught:
        within(exact - 1)
    said = caught.value
    assert (said.code, said.path, said.retryable) == ("result_too_large", "output", False)
    assert f"the answer would have {exact} bytes, and {exact - 1} are left" in said.message
    assert "max_bytes" in said.message
    assert "bucket" in said.message


def test_what_does_not_fit_is_a_failure_without_a_picture() -> None:
    said = worker().answer(job(output=PNG), Ticket(max_inline_bytes=3000))
    assert (said["success"], said["code"]) == (False, "result_too_large")
    assert "processed_image" not in said


def test_without_a_limit_nothing_is_too_large() -> None:
    picture = {"base64": text_of(encoded(noise(600, 400)))}
    assert worker().answer({"image": picture, "output": PNG})["success"]


def test_a_job_that_bounds_its_result_fits() -> None:
    picture = {"base64": text_of(encoded(noise(300, 200)))}
    output = {"format": "JPEG", "quality": 95, "max_bytes": {"base64": 40_000}}
    whole = worker().answer({"image": picture, "output": {"format": "JPEG", "quality": 95}})
    assert size(whole) > 44_000
    said = worker().answer({"image": picture, "output": output}, Ticket(max_inline_bytes=44_000))
    assert said["success"], said
    assert size(said) <= 44_000


def test_answers_that_are_sent_together_share_one_limit() -> None:
    one = worker()
    asked = job(output=PNG)
    once = size(one.answer(asked))
    room = Room(4 * once)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: told(one, asked, room), range(8)))
    good = [answer for answer in answers if answer["success"]]
    assert 2 <= len(good) <= 4
    assert {answer.get("code") for answer in answers} == {None, "result_too_large"}
    assert sum(map(size, good)) <= 4 * once


def test_room_is_never_less_than_none() -> None:
    room = Room(5)
    assert not room.take(6)
    assert room.take(5)
    room.use(3)
    assert room.left == 0
    assert Room(None).left is None
