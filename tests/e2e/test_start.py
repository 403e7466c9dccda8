"""Workers that start, or had better not."""

from __future__ import annotations

import os
import socket
import urllib.request
from typing import TYPE_CHECKING

import pytest

from tests.e2e.sdk_worker import SdkWorker
from tests.job.making import job, step

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.fake_platform import FakePlatform

SHORT = job(step("resize", width=20))
WITHOUT_GIF = """
import pyvips

def missing(*_, **__):
    raise pyvips.Error("no such operation")

pyvips.Image.gifsave_buffer = missing
"""
"""With this at the start of each process libvips seems to have been built without GIF."""


@pytest.fixture
def without_gif(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "sitecustomize.py").write_text(WITHOUT_GIF)
    return {"PYTHONPATH": f"src{os.pathsep}{tmp_path}"}


def test_a_worker_whose_formats_do_not_work_ends_before_its_first_job(
    platform: FakePlatform, without_gif: dict[str, str]
) -> None:
    waiting = platform.submit(SHORT)
    with SdkWorker(platform, **without_gif) as worker:
        assert worker.wait() == 1
    (told,) = [request.query for request in platform.asked("ping") if "status" in request.query]
    assert told["status"] == "unhealthy"
    assert told["check"] == "check_formats"
    assert "formats do not work here: GIF:" in told["reason"]
    assert waiting.workers == []
    assert platform.taking == []


def test_wrong_settings_are_told_to_whoever_sends_a_job(platform: FakePlatform) -> None:
    with SdkWorker(platform, IMAGE_WORKER_CACHE_BYTES="much") as worker:
        failed = platform.finished(platform.submit(SHORT))
        assert "IMAGE_WORKER_CACHE_BYTES" in worker.said
        assert "Traceback" not in worker.said
    assert failed.status == "FAILED"
    assert failed.output["code"] == "invalid_settings"
    assert "CACHE_BYTES" in failed.error


def test_probes_are_answered_on_the_health_port(platform: FakePlatform) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with SdkWorker(platform, IMAGE_WORKER_HEALTH_PORT=str(port)):
        platform.finished(platform.submit(SHORT))
        for path, content in (("/ping", b""), ("/readyz", b"ok"), ("/metrics", b"jobs")):
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
                assert answer.status == 200
                assert content in answer.read()
