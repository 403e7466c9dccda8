"""The job API of a RunPod endpoint, asked as clients ask it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.job.making import job, picture_in, step
from tests.server.live import ENDPOINT, LiveServer

if TYPE_CHECKING:
    from collections.abc import Iterator

GOOD, BAD = job(step("resize", width=20)), job(step("resize", widht=20))
HANG = job(step("misbehave", how="hang"))
ID = re.compile(r"(sync-)?[0-9a-f-]{36}-u1")
SENTENCE = 'did you mean "width"?'
PREFIXES = ["", f"/v2/{ENDPOINT}", "/v2/LOCAL"]


@pytest.fixture
def hanging(live: LiveServer) -> Iterator[str]:
    """Return the id of a job that runs until somebody calls it off."""
    job_id = live.submit(HANG)
    live.running(job_id)
    yield job_id
    live.client.post(f"/cancel/{job_id}")


@pytest.mark.parametrize("prefix", PREFIXES)
def test_a_job_is_accepted_worked_and_told_of(live: LiveServer, prefix: str) -> None:
    accepted = live.client.post(f"{prefix}/run", json={"input": GOOD})
    assert accepted.status_code == 200
    assert accepted.json().keys() == {"id", "status"}
    assert accepted.json()["status"] == "IN_QUEUE"
    job_id = accepted.json()["id"]
    assert ID.fullmatch(job_id)
    done = live.client.get(f"{prefix}/status-sync/{job_id}?wait=90000").json()
    assert done.keys() == {"id", "status", "delayTime", "executionTime", "workerId", "output"}
    assert (done["id"], done["status"]) == (job_id, "COMPLETED")
    assert all(isinstance(done[name], int) for name in ("delayTime", "executionTime"))
    assert picture_in(done["output"]).size == (20, 15)
    for method in ("GET", "POST"):
        assert live.client.request(method, f"{prefix}/status/{job_id}").json() == done
        again = live.client.request(method, f"{prefix}/status-sync/{job_id}").json()
        assert again == done


@pytest.mark.parametrize("prefix", PREFIXES)
def test_a_job_whose_caller_waits(live: LiveServer, prefix: str) -> None:
    done = live.client.post(f"{prefix}/runsync", json={"input": GOOD})
    assert done.status_code == 200
    assert done.json()["id"].startswith("sync-")
    assert ID.fullmatch(done.json()["id"])
    assert picture_in(done.json()["output"]).size == (20, 15)


def test_a_caller_waits_no_longer_than_it_said(live: LiveServer) -> None:
    answer = live.client.post("/runsync?wait=100", json={"input": HANG}).json()
    assert answer["status"] in {"IN_QUEUE", "IN_PROGRESS"}
    assert live.client.post(f"/cancel/{answer['id']}").json()["status"] == "CANCELLED"
    assert live.ended(answer["id"])["status"] == "CANCELLED"


def test_the_error_of_a_job_is_taken_out_of_its_output(live: LiveServer) -> None:
    failed = live.done(BAD)
    assert failed["status"] == "FAILED"
    assert SENTENCE in failed["error"]
    assert "error" not in failed["output"]
    assert failed["output"]["message"] == failed["error"]
    assert failed["output"]["code"] == "invalid_parameter"


@pytest.mark.parametrize("how", ["crash", "raise"])
def test_a_job_that_crashes_its_process_fails_alone(live: LiveServer, how: str) -> None:
    failed = live.done(job(step("misbehave", how=how)))
    assert failed["status"] == "FAILED"
    assert "secret" not in str(failed)
    assert live.done(GOOD)["status"] == "COMPLETED"


def test_a_running_job_is_called_off(live: LiveServer, hanging: str) -> None:
    told = live.client.post(f"/cancel/{hanging}").json()
    assert (told["id"], told["status"]) == (hanging, "CANCELLED")
    assert live.ended(hanging)["status"] == "CANCELLED"
    assert live.client.post(f"/cancel/{hanging}").json()["status"] == "CANCELLED"
    # Its process and its slot are free again: as many as there are get their work done.
    assert live.done(GOOD)["status"] == "COMPLETED"


def test_a_job_that_takes_too_long_ends_so(live: LiveServer) -> None:
    late = live.done(HANG, policy={"executionTimeout": 5000})
    assert late["status"] == "TIMED_OUT"
    assert "5 seconds" in late["error"]
    assert late["executionTime"] >= 5000


def test_a_failed_job_can_be_run_again(live: LiveServer) -> None:
    job_id = live.submit(BAD)
    first = live.ended(job_id)
    again = live.client.post(f"/retry/{job_id}").json()
    assert again == {"id": job_id, "status": "IN_QUEUE"}
    second = live.ended(job_id)
    assert (second["status"], second["error"]) == ("FAILED", first["error"])


def test_a_job_that_is_done_stays_so(live: LiveServer) -> None:
    job_id = live.done(GOOD)["id"]
    for route in ("retry", "cancel"):
        told = live.client.post(f"/{route}/{job_id}").json()
        assert told == {"id": job_id, "status": "COMPLETED"}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_items_of_a_batch_are_streamed(live: LiveServer, method: str) -> None:
    job_id = live.submit({"images": [GOOD, BAD, GOOD]})
    seen: list[dict[str, Any]] = []
    while True:
        told = live.client.request(method, f"/stream/{job_id}").json()
        seen += told["stream"]
        if told["status"] == "COMPLETED":
            break
    assert live.client.request(method, f"/stream/{job_id}").json()["stream"] == []
    items = {chunk["output"]["index"]: chunk["output"]["result"] for chunk in seen}
    assert [items[index]["success"] for index in range(3)] == [True, False, True]
    assert picture_in(items[0]).size == (20, 15)
    whole = live.ended(job_id)["output"]
    assert [result["success"] for result in whole["results"]] == [True, False, True]


def test_items_come_before_the_batch_has_ended(live: LiveServer) -> None:
    job_id = live.submit({"images": [GOOD, HANG]})
    told = live.client.get(f"/stream/{job_id}?wait=60000").json()
    assert told["status"] == "IN_PROGRESS"
    assert [chunk["output"]["index"] for chunk in told["stream"]] == [0]
    live.client.post(f"/cancel/{job_id}")


def test_what_waits_is_called_off_together(live: LiveServer) -> None:
    running = [live.submit(HANG) for _ in range(3)]
    for job_id in running:
        live.running(job_id)
    waiting = [live.submit(GOOD), live.submit(GOOD, policy={"lowPriority": True})]
    assert live.client.get("/health").json()["jobs"]["inQueue"] == 2
    assert live.client.post("/purge-queue").json() == {"removed": 2, "status": "completed"}
    assert [live.ended(job_id)["status"] for job_id in waiting] == ["CANCELLED"] * 2
    for job_id in running:
        assert live.client.get(f"/status/{job_id}").json()["status"] == "IN_PROGRESS"
        live.client.post(f"/cancel/{job_id}")


def test_health_counts_jobs_and_workers(live: LiveServer) -> None:
    before = live.client.get("/health").json()
    live.done(GOOD)
    live.done(BAD)
    after = live.client.post(f"/v2/{ENDPOINT}/health").json()
    assert after.keys() == {"jobs", "workers"}
    assert after["jobs"].keys() == {"completed", "failed", "inProgress", "inQueue", "retried"}
    for name in ("completed", "failed"):
        assert after["jobs"][name] > before["jobs"][name]
    assert after["workers"]["ready"] == 1
    assert all(isinstance(count, int) for part in after.values() for count in part.values())


def test_the_last_jobs_are_listed(live: LiveServer) -> None:
    last = live.done(GOOD)["id"]
    listed = live.client.get("/requests?limit=5").json()["requests"]
    assert listed[0]["id"] == last
    assert listed[0]["status"] == "COMPLETED"
    assert "output" not in listed[0]
    assert len(listed) <= 5


@pytest.mark.parametrize("route", ["status", "status-sync", "stream", "cancel", "retry"])
@pytest.mark.parametrize("job_id", ["nobody-u1", "a.b", "*", "%3E", "%20", "x" * 300])
def test_a_job_that_is_not_known(live: LiveServer, route: str, job_id: str) -> None:
    answer = live.client.post(f"/{route}/{job_id}")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_job")


@pytest.mark.parametrize(
    ("body", "code", "path"),
    [
        (b"{", "invalid_json", ""),
        (b"[]", "invalid_json", ""),
        (b"{}", "invalid_json", ""),
        (b'{"input": null}', "invalid_json", ""),
        (b'{"input": NaN}', "invalid_json", ""),
        (b"\xff\xfe", "invalid_json", ""),
        (b"[" * 100_000, "invalid_json", ""),
        (b'{"input": {}, "policy": {"ttl": 1}}', "invalid_parameter", "policy.ttl"),
        (b'{"input": {}, "policy": {"executionTimeout": "5000"}}', "invalid_parameter",
         "policy.executionTimeout"),
        (b'{"input": {}, "policy": {"priority": 1}}', "invalid_parameter", "policy.priority"),
        (b'{"input": {}, "policy": 3}', "invalid_parameter", "policy"),
        (b'{"input": {}, "webhook": 3}', "invalid_parameter", "webhook"),
        (b'{"input": {}, "s3Config": []}', "invalid_parameter", "s3Config"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("route", ["run", "runsync"])
def test_what_is_no_job_is_refused(
    live: LiveServer, route: str, body: bytes, code: str, path: str
) -> None:
    answer = live.client.post(f"/{route}", content=body)
    assert (answer.status_code, answer.json()["code"], answer.json()["path"]) == (400, code, path)


@pytest.mark.parametrize(("route", "limit"), [("run", 10_000_000), ("runsync", 20_000_000)])
def test_a_body_is_as_large_as_runpod_allows(live: LiveServer, route: str, limit: int) -> None:
    body = b'{"input": {"image": "' + b"x" * limit + b'"}}'
    answer = live.client.post(f"/{route}", content=body)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


@pytest.mark.parametrize("wait", ["-1", "300001", "soon"])
def test_a_wait_that_is_none(live: LiveServer, wait: str) -> None:
    answer = live.client.post(f"/runsync?wait={wait}", json={"input": GOOD})
    assert (answer.status_code, answer.json()["code"], answer.json()["path"]) == (
        400, "invalid_parameter", "wait",
    )  # fmt: skip


def test_a_health_job_is_answered_at_once(live: LiveServer) -> None:
    assert live.done({"health": True})["output"]["success"] is True


def test_a_picture_from_an_address(live: LiveServer, picture_url: str) -> None:
    assert picture_in(live.done({"image": {"url": picture_url}})["output"]).size == (40, 30)
    refused = live.done({"image": {"url": "http://127.0.0.1:9/a.png"}})
    assert refused["output"]["code"] == "source_blocked"
