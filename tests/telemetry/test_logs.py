"""Lines in the log."""

from __future__ import annotations

import io
import json
import logging
import sys

from image_worker.telemetry import logs
from image_worker.telemetry.facts import Facts, facts_of
from tests.job.making import IMAGE, job, step, worker

BASE64_OF_IMAGE = IMAGE["base64"]


def answered(**more: object) -> Facts:
    answer = worker().answer(job(step("resize", width=9), **more))
    return facts_of(answer, id="job-1", seconds=0.25)


def test_a_line_has_what_runpods_console_looks_for_and_what_there_is_to_tell() -> None:
    stream = io.StringIO()
    logs.JobLog(stream).write(answered(output={"format": "PNG"}))
    (line,) = stream.getvalue().splitlines()
    entry = json.loads(line)
    assert (entry["requestId"], entry["message"], entry["level"]) == ("job-1", "done", "INFO")
    assert (entry["result"], entry["operations"], entry["formats"]) == ("ok", ["resize"], ["PNG"])
    assert entry["ms"]["total"] == 250
    assert {"fetch", "render"} < entry["ms"].keys()
    assert entry["bytes_out"] > 0
    assert entry["cache"] == "miss"


def test_a_line_says_why_a_job_failed() -> None:
    entry = logs.entry(answered(operations=["no such"]))
    assert entry["result"] == "invalid_parameter"
    assert entry["message"].startswith("failed: operations[0]")


def test_no_line_has_a_picture_in_it() -> None:
    for facts in (answered(), answered(operations=[BASE64_OF_IMAGE])):
        assert BASE64_OF_IMAGE[:60] not in json.dumps(logs.entry(facts))


def test_a_batch_has_one_line_with_its_counts() -> None:
    results = [worker().answer(job()), worker().answer({})]
    answer = {"success": True, "results": results, "succeeded": 1, "failed": 1}
    entry = logs.entry(facts_of(answer, id="b", seconds=1))
    assert entry["message"] == "done: 1 of 2 items"
    assert (entry["items"], entry["failed"]) == (2, 1)


def test_a_person_gets_a_sentence() -> None:
    stream = io.StringIO()
    logs.JobLog(stream, as_json=False).write(answered())
    assert stream.getvalue().startswith("job-1 | done | 250 ms | resize | ")


def test_what_libraries_log_has_the_same_keys_tracebacks_included() -> None:
    try:
        int("x")
    except ValueError:
        about = sys.exc_info()
    record = logging.LogRecord("lib", logging.WARNING, "", 0, "bad %s", ("day",), about)
    entry = json.loads(logs.JsonLines("%(name)s: %(message)s").format(record))
    assert (entry["requestId"], entry["level"]) == (None, "WARN")
    assert entry["message"].startswith("lib: bad day\nTraceback")
