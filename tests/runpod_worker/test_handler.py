"""The handler that RunPod calls."""

from __future__ import annotations

import json
from typing import Any

import pytest

from image_worker.runpod_worker import answers, handler
from image_worker.runpod_worker.making import Maker
from tests.job.making import FAILURE_KEYS, IMAGE, job, picture_in, step


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the handler read the settings of this test."""
    monkeypatch.setattr(answers, "_MAKER", Maker())


@pytest.mark.parametrize("event", [{}, {"inputs": {}}, [], None, "x", 5])
def test_an_event_without_input_is_refused(event: Any) -> None:
    said = handler(event)
    assert said.keys() == FAILURE_KEYS
    assert (said["code"], said["retryable"]) == ("invalid_json", False)
    assert 'expected an object with the job in its key "input", got ' in said["error"]


@pytest.mark.parametrize("job_input", [None, [], [1], "x", 5])
def test_an_input_that_is_no_object_is_refused(job_input: Any) -> None:
    said = handler({"id": "1", "input": job_input})
    assert said.keys() == FAILURE_KEYS
    assert (said["code"], said["path"]) == ("invalid_json", "")


def test_other_keys_of_the_event_mean_nothing() -> None:
    event = {"id": "a", "webhook": "https://example.com", "input": job(step("resize", width=9))}
    assert picture_in(handler(event)).width == 9


def test_the_worker_and_its_cache_live_as_long_as_the_process() -> None:
    event = {"input": job(step("resize", width=11))}
    handler(event)
    assert handler(event)["cache"] == "hit"


def test_a_batch_is_done_too() -> None:
    answer = handler({"input": {"images": [IMAGE, {"image": {}}]}})
    assert (answer["succeeded"], answer["failed"]) == (1, 1)
    assert "error" not in answer
    json.dumps(answer)


@pytest.mark.usefixtures("fresh")
def test_a_wrong_setting_is_told_instead_of_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMAGE_WORKER_THREADS", "many")
    said = handler({"input": job()})
    assert said.keys() == FAILURE_KEYS
    assert said["code"] == "invalid_settings"
    assert "IMAGE_WORKER_THREADS" in said["error"]


@pytest.mark.usefixtures("fresh")
def test_limits_are_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMAGE_WORKER_MAX_SIDE", "39")
    assert handler({"input": job()})["code"] == "image_too_large"


def test_the_answer_is_a_new_one_each_time() -> None:
    event = {"input": job(step("resize", width=12))}
    first, second = handler(event), handler(event)
    first.clear()
    second["metadata"].clear()
    assert handler(event)["metadata"]["width"] == 12


def test_what_nobody_foresaw_is_an_answer_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(answers, "_MAKER", None)
    said = handler({"input": job()})
    assert said.keys() == FAILURE_KEYS
    assert said["code"] == "internal_error"
    assert "NoneType" not in json.dumps(said)
    assert "NoneType" in caplog.text


def test_the_health_of_a_worker_is_a_job() -> None:
    handler({"input": job()})
    state = handler({"input": {"health": True}})
    assert (state["success"], state["status"]) == (True, "ok")
    assert "JPEG" in state["formats"]["read"]
    assert state["versions"]["libvips"].startswith("8.")
    assert state["children"]["children"] >= 1
    assert state["jobs"]["completed"] >= 1
    assert state["jobs"]["in_progress"] == 1
    assert state["cache"].keys() == {"results", "bytes", "hits", "misses", "stored_hits"}
    assert state["memory"]["resident_bytes"] > 0
    assert state["cpu_seconds"] > 0
    json.dumps(state)


@pytest.mark.parametrize("job_input", [{"health": False}, {"health": True, "image": IMAGE}])
def test_only_the_one_question_asks_for_health(job_input: Any) -> None:
    assert handler({"input": job_input})["code"] == "invalid_parameter"


@pytest.mark.usefixtures("fresh")
def test_an_answer_that_would_be_lost_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMAGE_WORKER_MAX_INLINE_BYTES", "2000")
    said = handler({"input": job(output={"format": "PNG"})})
    assert said["code"] == "result_too_large"
    assert said["message"] == said["error"]


@pytest.mark.usefixtures("fresh")
def test_the_items_of_a_batch_share_the_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMAGE_WORKER_MAX_INLINE_BYTES", "20000")
    whole = {"images": [IMAGE] * 20, "output": {"format": "PNG"}}
    answer = handler({"input": whole})
    assert 0 < answer["succeeded"] < 20
    assert len(json.dumps(answer)) < 20000 + answer["failed"] * 600
    refused = [one for one in answer["results"] if not one["success"]]
    assert {one["code"] for one in refused} == {"result_too_large"}


def test_a_wrong_bucket_fails_the_job() -> None:
    said = handler({"input": job(), "s3Config": {"endpointUrl": "nowhere"}})
    assert said.keys() == FAILURE_KEYS
    assert said["path"].startswith("s3Config")
