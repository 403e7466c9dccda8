"""The handler that RunPod calls."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from image_worker import runpod_worker
from image_worker.runpod_worker import handler
from tests.job.making import FAILURE_KEYS, IMAGE, job, picture_in, step

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def fresh() -> Iterator[None]:
    """Let the handler read the settings of this test."""
    runpod_worker._made.cache_clear()
    yield
    runpod_worker._made.cache_clear()


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
