"""`image-worker queue`."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from image_worker.cli import queue
from image_worker.endpoint import JobState
from tests.e2e.fake_platform import ENDPOINT, KEY
from tests.endpoint.conftest import live, platform, worker
from tests.outgoing.servers import Origin, ok

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.fake_platform import FakePlatform
    from tests.endpoint.conftest import Played

    Cli = Callable[..., Any]

__all__ = ["live", "platform", "worker"]

LONG = "x" * 500


@pytest.fixture(autouse=True)
def _named(platform: FakePlatform, monkeypatch: pytest.MonkeyPatch) -> None:
    """Name the endpoint as RunPod's users do."""
    monkeypatch.delenv("IMAGE_WORKER_URL", raising=False)
    monkeypatch.setenv("RUNPOD_ENDPOINT_BASE_URL", platform.base)
    monkeypatch.setenv("RUNPOD_ENDPOINT_ID", ENDPOINT)
    monkeypatch.setenv("RUNPOD_API_KEY", KEY)


def test_a_job_is_told_cancelled_and_purged(cli: Cli, platform: FakePlatform) -> None:
    first, second, third = (platform.submit({}).id for _ in range(3))
    assert cli("queue", "status", first).out == f"{first}  IN_QUEUE\n"
    done = cli("queue", "cancel", first, second)
    assert done.out == f"{first}  CANCELLED\n{second}  CANCELLED\n"
    assert cli("queue", "status", third, "--json").json == {"id": third, "status": "IN_QUEUE"}
    assert cli("queue", "purge").code == 2
    assert cli("queue", "purge", "--yes").out == "1 called off\n"
    assert cli("queue", "purge", "--yes", "--json").json == {"removed": 0}


def test_the_end_of_a_job_is_told(cli: Cli, platform: FakePlatform, worker: Played) -> None:
    worker.does = lambda _: {"processed_image": LONG}
    done = cli("queue", "status", platform.finished(platform.submit({})).id)
    head, _, answer = done.out.partition("\n")
    assert "COMPLETED  waited " in head
    assert json.loads(answer)["processed_image"].endswith("(500 characters; --json prints all)")
    worker.does = lambda _: {"error": "too bad"}
    done = cli("queue", "status", platform.finished(platform.submit({})).id)
    assert done.out.partition("\n")[0].endswith("  too bad")
    assert done.code == 0


def test_health_is_counted(cli: Cli, platform: FakePlatform) -> None:
    platform.submit({})
    done = cli("queue", "health")
    assert "1 in queue" in done.out
    assert "workers  0 idle" in done.out
    assert cli("queue", "health", "--json").json["jobs"]["inQueue"] == 1


def test_trouble_of_the_endpoint_is_exit_code_4(
    cli: Cli, platform: FakePlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = cli("queue", "status", "none")
    assert (done.code, done.out) == (4, "")
    assert done.err.startswith("Error: 127.0.0.1:")
    assert done.err.endswith("404: no such job (endpoint_unknown)\n")
    monkeypatch.setenv("RUNPOD_API_KEY", "wrong-key")
    done = cli("queue", "health")
    assert done.code == 4
    assert "endpoint_key" in done.err
    assert "wrong-key" not in done.err
    monkeypatch.delenv("RUNPOD_API_KEY")
    done = cli("queue", "health")
    assert done.code == 2
    assert "RUNPOD_API_KEY" in done.err
    assert cli("queue", "helth").code == 2


def test_the_last_jobs_are_listed(cli: Cli) -> None:
    now = round(time.time() * 1000)
    jobs = [
        {"id": "b", "status": "IN_QUEUE", "createdAt": now - 7_300_000},
        {"id": "a", "status": "FAILED", "delayTime": 12, "executionTime": 2100},
    ]
    with Origin(ok(json.dumps({"requests": jobs}).encode())) as origin:
        done = cli("queue", "list", "--url", origin.url())
        assert [line.split() for line in done.out.splitlines()] == [
            ["ID", "STATUS", "AGE", "WAITED", "RAN"],
            ["b", "IN_QUEUE", "2", "h"],
            ["a", "FAILED", "12", "ms", "2.1", "s"],
        ]
        assert cli("queue", "list", "--url", origin.url(), "--json").json == jobs
        assert cli("queue", "list", "--url", origin.url(), "--limit", "0").code == 2
    with Origin(ok(b'{"requests": []}')) as origin:
        done = cli("queue", "list", "--url", origin.url())
        assert (done.out, done.err) == ("", "No jobs.\n")


def test_a_server_of_ours_is_asked_and_told(
    cli: Cli, live: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IMAGE_WORKER_URL", live.url)
    monkeypatch.setenv("IMAGE_WORKER_KEY", KEY)
    failed = live.done({"image": "data:,"})["id"]
    assert failed in cli("queue", "list").out
    done = cli("queue", "retry", failed)
    assert done.out == f"{failed}  IN_QUEUE\n"
    live.ended(failed)
    assert cli("queue", "retry", failed, "--json").json[0]["id"] == failed
    live.ended(failed)


def test_progress_and_ages_are_short() -> None:
    running = JobState("a", "IN_PROGRESS", {"progress": {"done": 1, "total": 2}})
    assert queue.told(running) == 'a  IN_PROGRESS  progress {"done": 1, "total": 2}'
    ages = [queue._age(round((time.time() - seconds) * 1000)) for seconds in (5, 130, 200_000)]
    assert ages == ["5 s", "2 min", "2 d"]
    assert queue._age(None) == ""
