"""The batch API of a RunPod endpoint, at the root and below the id of an endpoint."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.job.making import job, step
from tests.server.live import ENDPOINT, FINAL

if TYPE_CHECKING:
    from tests.server.live import LiveServer

_WAIT_SECONDS = 60


def asked(width: int) -> dict[str, Any]:
    return {"input": job(step("resize", width=width))}


def ended(live: LiveServer, path: str) -> dict[str, Any]:
    until = time.monotonic() + _WAIT_SECONDS
    while time.monotonic() < until:
        batch: dict[str, Any] = live.client.get(path).json()
        if batch["requestCompleted"] + batch["requestFailed"] == batch["requestTotal"]:
            return batch
        time.sleep(0.02)  # the API of batches is one to poll
    raise AssertionError(batch)


@pytest.mark.parametrize("prefix", ["", f"/v2/{ENDPOINT}"])
def test_a_batch_from_its_draft_to_its_results(live: LiveServer, prefix: str) -> None:
    made = live.client.post(f"{prefix}/batch", json=[asked(4)]).json()
    assert made["id"].startswith("batch_")
    assert made["status"] == "DRAFT"
    path = f"{prefix}/batch/{made['id']}"
    wrong = {"input": {"image": {"base64": "no picture"}}}
    grown = live.client.post(f"{path}/requests", json={"requests": [asked(5), wrong, asked(6)]})
    assert grown.json()["requestTotal"] == 4
    named = live.client.put(path, json={"name": "nightly"}).json()
    assert named["name"] == "nightly"
    listed = live.client.get(f"{path}/requests").json()["requests"]
    assert [one["status"] for one in listed] == ["IN_QUEUE"] * 4
    changed = live.client.put(f"{path}/requests/{listed[0]['id']}", json=asked(7))
    assert changed.json()["requestTotal"] == 4
    smaller = live.client.delete(f"{path}/requests/{listed[1]['id']}")
    assert smaller.json()["requestTotal"] == 3
    assert live.client.post(f"{path}/finalize").json()["status"] == "FINALIZED"
    batch = ended(live, path)
    assert batch.pop("createdAt") == pytest.approx(time.time() * 1000, abs=60_000)
    assert batch == {
        "id": made["id"],
        "endpointId": ENDPOINT if prefix else "local",
        "status": "FINALIZED",
        "name": "nightly",
        "requestTotal": 3,
        "requestInProgress": 0,
        "requestCompleted": 2,
        "requestFailed": 1,
    }
    page = live.client.get(f"{path}/requests?offset=1&limit=1").json()
    assert (page["total"], page["offset"], page["limit"], page["hasMore"]) == (3, 1, 1, True)
    assert page["requests"][0]["status"] == "FAILED"
    assert page["requests"][0]["error"]
    every = live.client.get(f"{path}/requests").json()["requests"]
    widths = [one["output"]["metadata"]["width"] for one in every if one["status"] == "COMPLETED"]
    assert widths == [7, 6]
    assert all(one["startedAt"].endswith("Z") and one["completedAt"] for one in every)
    assert live.client.get(f"{prefix}/status/{every[0]['id']}").json()["status"] == "COMPLETED"
    assert made["id"] in {one["id"] for one in live.client.get(f"{prefix}/batch").json()["batches"]}


def test_a_batch_that_is_called_off(live: LiveServer) -> None:
    path = f"/batch/{live.client.post('/batch', json=[asked(4)]).json()['id']}"
    assert live.client.post(f"{path}/cancel").json()["status"] == "CANCELLED"
    closed = live.client.post(f"{path}/requests", json={"requests": [asked(4)]})
    assert (closed.status_code, closed.json()["code"]) == (409, "batch_closed")
    listed = live.client.get(f"{path}/requests").json()["requests"]
    assert {one["status"] for one in listed} <= FINAL


@pytest.mark.parametrize(
    ("method", "path", "body", "code", "place"),
    [
        ("GET", "/batch/batch_0", None, "unknown_batch", ""),
        ("POST", "/batch/batch_0/finalize", None, "unknown_batch", ""),
        ("GET", "/batch/%2A/requests", None, "unknown_batch", ""),
        ("POST", "/batch", {"requests": []}, "invalid_json", ""),
        ("POST", "/batch", [{"no": "input"}], "invalid_json", "requests[0]"),
        ("POST", "/batch", [asked(1), {"input": {}, "webhook": 1}], "invalid_parameter", "webhook"),
        ("GET", "/batch?limit=0", None, "invalid_parameter", "limit"),
        ("PUT", "/batch/batch_0", {"name": "x" * 201}, "invalid_parameter", "name"),
    ],
)
def test_what_is_wrong_is_named(
    live: LiveServer, method: str, path: str, body: Any, code: str, place: str
) -> None:
    answer = live.client.request(method, path, json=body)
    assert (answer.json()["code"], answer.json()["path"]) == (code, place)
