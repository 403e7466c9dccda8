"""The whole worker under the SDK, in a process of its own: how it starts, streams and ends."""

from __future__ import annotations

import http.client
import json
import socket
from contextlib import closing
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from tests.e2e.conftest import reaching
from tests.e2e.fake_platform import FakePlatform
from tests.e2e.sdk_worker import SdkWorker
from tests.job.making import IMAGE, PNG, job, picture_in, step
from tests.outgoing.servers import Origin, ok

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.outgoing.servers import Exchange

SLOW = {"image": IMAGE, "operations": [step("resize", width=600), {"filter": {"name": "clahe"}}]}
"""Some hundredths of a second of work, or tenths on a busy machine."""


@pytest.fixture
def platform() -> Iterator[FakePlatform]:
    with FakePlatform() as platform:
        yield platform


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin(ok(PNG)) as origin:
        yield origin


def test_asked_to_stop_it_ends_its_job_and_waits_for_nothing_else(platform: FakePlatform) -> None:
    with SdkWorker(platform) as worker, platform.holding("job-stop"):
        running = platform.submit({**SLOW, "cache": "off"})
        platform.wait_for(lambda: running.taken)
        children = worker.processes()[1:]
        with platform.holding("job-take"), platform.holding("job-take-batch"):
            worker.terminate()
            # Were the open requests waited for, it would never end: they are held.
            assert worker.wait() == 0
        assert platform.finished(running).status == "COMPLETED"
        assert psutil.wait_procs(children, timeout=30)[1] == []


def test_batches_stream_where_that_is_asked_for(platform: FakePlatform) -> None:
    with SdkWorker(platform, IMAGE_WORKER_STREAM="1"):
        batch = platform.finished(platform.submit({"images": [job(), {"image": {}}]}))
        single = platform.finished(platform.submit(job()))
    *items, counts = batch.output
    assert {item["index"]: item["result"]["success"] for item in items} == {0: True, 1: False}
    assert counts == {"succeeded": 1, "failed": 1}
    assert len(batch.chunks) == 3
    assert picture_in(single.output[0]).size == (40, 30)


def test_progress_is_told_and_never_last(platform: FakePlatform, origin: Origin) -> None:
    def when_told(exchange: Exchange) -> None:
        platform.wait_for(lambda: batch.progress)
        exchange.send(ok(PNG))

    origin.answer = when_told
    with SdkWorker(platform, **reaching(origin)) as worker:
        images = [IMAGE, {"image": {}}, {"url": origin.url()}]
        batch = platform.submit({"images": images})
        assert platform.finished(batch).status == "COMPLETED"
        assert platform.finished(platform.submit(job())).status == "COMPLETED"
        assert "Traceback" not in worker.said
    assert batch.output["succeeded"] == 2
    assert batch.progress == [{"done": 2, "failed": 1, "total": 3}]
    assert batch.posts[-1].get("status") != "IN_PROGRESS"


def test_the_health_port_answers(platform: FakePlatform) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    with SdkWorker(platform, IMAGE_WORKER_HEALTH_PORT=str(port)):
        platform.finished(platform.submit(job()))
        assert asked(port, "/ping") == (200, b"")
        assert asked(port, "/readyz")[0] == 200
        platform.wait_for(lambda: asked(port, "/metrics")[1])
        platform.finished(platform.submit(job()))
        text = asked(port, "/metrics")[1].decode()
    assert 'image_worker_jobs_total{source="runpod",status="success"}' in text
    assert "image_worker_workers 2.0" in text


def asked(port: int, path: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    with closing(connection):
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()


def test_wrong_settings_fail_each_job_with_the_reason(platform: FakePlatform) -> None:
    with SdkWorker(platform, IMAGE_WORKER_MAX_SIDE="wide") as worker:
        failed: Any = platform.finished(platform.submit(job()))
        assert "IMAGE_WORKER_MAX_SIDE" in failed.error
        assert failed.output["code"] == "invalid_settings"
        (line,) = [one for one in worker.lines if "the worker cannot work" in one]
    assert json.loads(line)["level"] == "ERROR"
