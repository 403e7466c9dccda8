"""The worker under RunPod's own SDK."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.e2e.fake_platform import KEY, FakePlatform
from tests.e2e.processes import ROOT, environment, python
from tests.job.making import job, picture_in, step

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


@pytest.fixture(scope="module")
def results() -> dict[str, dict[str, Any]]:
    """Let the real worker take a good and a bad job and a batch, and return what it posts."""
    jobs = {"good": GOOD, "bad": BAD, "batch": {"images": [GOOD, BAD]}, "none": [1]}
    with FakePlatform(jobs) as platform:
        worker = subprocess.Popen(
            [sys.executable, "-u", "handler.py"],
            cwd=ROOT,
            env=environment(**platform.environment()),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            posted = platform.wait_for(len(jobs))
        finally:
            worker.terminate()
            worker.wait(30)
        assert platform.keys == {KEY}
    return posted


def test_a_good_job_is_completed(results: dict[str, dict[str, Any]]) -> None:
    assert "error" not in results["good"]
    assert picture_in(results["good"]["output"]).size == (20, 15)


def test_a_bad_job_fails_with_a_sentence_and_its_code(results: dict[str, dict[str, Any]]) -> None:
    failed = results["bad"]
    assert SENTENCE in failed["error"]
    assert failed["output"] == {
        "success": False,
        "message": failed["error"],
        "code": "invalid_parameter",
        "path": "operations[0].params.widht",
        "retryable": False,
    }


def test_a_batch_is_completed_although_one_of_its_jobs_fails(
    results: dict[str, dict[str, Any]],
) -> None:
    batch = results["batch"]
    assert "error" not in batch
    assert [result["success"] for result in batch["output"]["results"]] == [True, False]


def test_an_input_that_is_no_object_fails(results: dict[str, dict[str, Any]]) -> None:
    assert results["none"]["output"]["code"] == "invalid_json"
    assert isinstance(results["none"]["error"], str)
