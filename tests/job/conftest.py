"""What the tests of jobs share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.job.making import FAILURE_KEYS, job, picture_in, worker

if TYPE_CHECKING:
    from collections.abc import Callable

    from image_worker.worker import Worker


@pytest.fixture(scope="session")
def shared_worker() -> Worker:
    """Return one worker for all bad jobs, so that each shows that it survived the last one."""
    return worker()


@pytest.fixture
def refused(shared_worker: Worker) -> Callable[[object], dict[str, Any]]:
    """Answer a bad job, check the shape of the answer, and do a good job afterwards."""

    def answer(payload: object) -> dict[str, Any]:
        said = shared_worker.answer(payload)
        assert said.keys() == FAILURE_KEYS
        assert said["success"] is False
        assert isinstance(said["retryable"], bool)
        assert all(isinstance(said[key], str) for key in FAILURE_KEYS - {"success", "retryable"})
        assert said["error"] == said["message"] != ""
        _discreet(said["error"])
        assert picture_in(shared_worker.answer(job(cache="off"))).size == (40, 30)
        return said

    return answer


def _discreet(sentence: str) -> None:
    """Check that the sentence is short, fit for JSON, and tells nothing of the inside."""
    assert len(sentence) < 1200
    sentence.encode()
    assert not sentence.rstrip().endswith((";", "known are"))
    for secret in ("/work", "/usr", "Traceback", 'File "', "vips", "buffer", "pydantic", ".py"):
        assert secret not in sentence
