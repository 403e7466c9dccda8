"""What is around the jobs: webhooks, events, links, probes, metrics, callers who leave."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families

from image_worker.server.links import signature
from tests.job.making import PNG, job, step
from tests.pictures import opened
from tests.server.live import KEY, Collector, Hooks, LiveServer

if TYPE_CHECKING:
    from collections.abc import Iterator

GOOD, BAD = job(step("resize", width=20)), job(step("resize", widht=20))
HANG = {"op": "misbehave:how=hang", "format": "png"}


# --- webhooks ------------------------------------------------------------------------------


@pytest.mark.parametrize("payload", [GOOD, BAD])
def test_a_webhook_tells_what_the_status_tells(
    live: LiveServer, hooks: Hooks, hook_url: str, payload: Any
) -> None:
    done = live.done(payload, webhook=hook_url)
    ((headers, told, body),) = hooks.wait_for(done["id"])
    assert told == done
    text = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    digest = hmac.new(b"secret-of-the-tests", text, hashlib.sha256).digest()
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(digest).decode()}"


def test_a_webhook_that_is_not_allowed_harms_nobody(live: LiveServer) -> None:
    assert live.done(GOOD, webhook="http://127.0.0.1:9/hook")["status"] == "COMPLETED"


# --- events --------------------------------------------------------------------------------


def events(lines: Iterator[str]) -> Iterator[dict[str, Any]]:
    """Read events as the standard describes them."""
    kind, data = "", ""
    for line in lines:
        if not line:
            if kind == "job":
                yield json.loads(data)
            kind, data = "", ""
        name, _, value = line.partition(": ")
        if name == "event":
            kind = value
        if name == "data":
            data += value


def test_events_tell_of_each_change_of_a_job(live: LiveServer) -> None:
    with live.client.stream("GET", "/events") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        told = events(answer.iter_lines())
        job_id = live.submit(GOOD)
        seen = []
        for event in told:
            if event["id"] == job_id:
                seen.append(event["status"])
                assert "output" not in event
            if seen[-1:] == ["COMPLETED"]:
                break
    assert seen == ["IN_QUEUE", "IN_PROGRESS", "COMPLETED"]


def test_events_begin_with_the_last_jobs(live: LiveServer) -> None:
    job_id = live.done(GOOD)["id"]
    with live.client.stream("GET", "/events") as answer:
        assert any(event["id"] == job_id for event in events(answer.iter_lines()))


# --- links ---------------------------------------------------------------------------------


def link(url: str, key_id: str, secret: str, expires: float) -> str:
    query = [("url", url), ("op", "resize:width=8"), ("format", "png")]
    whole = [*query, ("expires", str(int(expires))), ("key_id", key_id)]
    return f"/image?{urlencode([*whole, ('signature', signature(whole, secret))])}"


@pytest.mark.parametrize(("key_id", "secret"), [("one", "first-secret"), ("two", "second-secret")])
def test_a_signed_link_needs_no_key(
    live: LiveServer, picture_url: str, key_id: str, secret: str
) -> None:
    path = link(picture_url, key_id, secret, time.time() + 60)
    answer = httpx2.get(live.url + path)
    assert answer.status_code == 200, answer.text
    assert opened(answer.content).size == (8, 6)
    tag = answer.headers["etag"]
    assert httpx2.get(live.url + path, headers={"If-None-Match": tag}).status_code == 304


def test_any_other_link_does(live: LiveServer, picture_url: str) -> None:
    soon = time.time() + 60
    for path in (
        link(picture_url, "one", "second-secret", soon),
        link(picture_url, "one", "first-secret", time.time() - 1),
        link(picture_url, "one", "first-secret", soon).replace("width%3D8", "width%3D9"),
        f"/image?url={picture_url}",
    ):
        answer = httpx2.get(live.url + path)
        assert (answer.status_code, answer.json()["code"]) == (403, "invalid_link")


# --- probes and metrics --------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/ping", "/healthz", "/readyz"])
def test_probes_need_no_key(live: LiveServer, path: str) -> None:
    assert httpx2.get(live.url + path).status_code == 200


@pytest.mark.parametrize("path", ["/metrics", "/status/x", "/run", "/events", "/openapi.json"])
def test_all_else_does(live: LiveServer, path: str) -> None:
    answer = httpx2.get(live.url + path)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
    assert answer.json()["request_id"] == answer.headers["x-request-id"]


def metrics(live: LiveServer) -> dict[tuple[str, str], float]:
    """Return the metrics as Prometheus' own parser reads them."""
    text = live.client.get("/metrics").text
    return {
        (sample.name, ",".join(f"{k}={v}" for k, v in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_requests_and_jobs_are_counted_by_route(live: LiveServer) -> None:
    def counted() -> list[float]:
        found = metrics(live)
        return [
            found.get(name, 0)
            for name in (
                ("image_worker_jobs_total", "source=http,status=success"),
                ("image_worker_requests_total", "method=POST,route=/run,status=200"),
                ("image_worker_requests_total", "method=GET,route=none,status=404"),
                ("image_worker_request_duration_seconds_count", "route=/status-sync/{job_id}"),
            )
        ]

    before = counted()
    live.done(GOOD)
    assert live.client.get(f"/nothing/{time.time()}").json()["code"] == "unknown_route"
    assert [after - first for after, first in zip(counted(), before, strict=True)] == [1, 1, 1, 1]
    assert metrics(live)["image_worker_queue_up", ""] == 1
    assert metrics(live)["image_worker_queue_workers", ""] == 1


def test_a_job_has_one_line_in_the_log(live: LiveServer) -> None:
    done = live.done(GOOD)
    (line,) = [line for line in live.said.splitlines() if done["id"] in line]
    assert json.loads(line).items() >= {"requestId": done["id"], "result": "ok"}.items()
    live.client.post("/process", content=PNG, headers={"X-Request-ID": "named-by-caller"})
    assert '"requestId": "named-by-caller"' in live.said


def test_traces_go_where_the_environment_says(live: LiveServer, collector: Collector) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    parent = f"00-{trace}-b7ad6b7169203331-01"
    answer = live.client.post("/run", json={"input": GOOD}, headers={"traceparent": parent})
    live.ended(answer.json()["id"])
    collector.wait_for(b"job.id", answer.json()["id"].encode(), bytes.fromhex(trace))


# --- callers -------------------------------------------------------------------------------


def test_what_a_caller_asked_for_stops_when_it_leaves(live: LiveServer) -> None:
    def busy() -> float:
        return metrics(live)["image_worker_workers_busy", ""]

    query = urlencode(HANG)
    head = f"POST /process?{query} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {KEY}\r\n"
    with socket.create_connection(("127.0.0.1", live.port)) as caller:
        caller.sendall(f"{head}Content-Length: {len(PNG)}\r\n\r\n".encode() + PNG)
        until(lambda: busy() == 1)
    until(lambda: busy() == 0)
    assert live.client.post("/process", content=PNG).status_code == 200


def test_a_body_has_to_arrive_in_time(live: LiveServer) -> None:
    head = f"POST /process HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {KEY}\r\n"
    with socket.create_connection(("127.0.0.1", live.port)) as caller:
        caller.sendall(f"{head}Content-Length: 1000\r\n\r\nabc".encode())
        caller.settimeout(60)
        answer = b""
        while b"body_timeout" not in answer:
            part = caller.recv(65_536)
            assert part, answer
            answer += part
    assert answer.startswith(b"HTTP/1.1 408 ")


def test_nobody_reads_a_body_that_is_announced_as_too_large(live: LiveServer) -> None:
    head = f"POST /process HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {KEY}\r\n"
    with socket.create_connection(("127.0.0.1", live.port)) as caller:
        caller.sendall(f"{head}Content-Length: 99999999999\r\n\r\n".encode())
        caller.settimeout(60)
        assert caller.recv(65_536).startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize("wrong", [b"GET", b"\x16\x03\x01", b"GET / HTTP/9.9\r\n\r\n", b"\0" * 99])
def test_what_is_no_request_ends_no_server(live: LiveServer, wrong: bytes) -> None:
    with socket.create_connection(("127.0.0.1", live.port)) as caller:
        caller.sendall(wrong)
    assert live.client.get("/ping").status_code == 200


def until(true: Any) -> None:
    """Wait until something is so; it is asked again and again, as a monitor asks."""
    give_up = time.monotonic() + 60
    while not true():
        assert time.monotonic() < give_up
        time.sleep(0.02)
