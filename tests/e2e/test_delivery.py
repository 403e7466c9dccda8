"""Results that are too large for an answer, and buckets that do not take them."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from tests.e2e.sdk_worker import SdkWorker
from tests.job.making import encoded, job, noise, picture_in, step, text_of
from tests.outgoing.servers import Origin, answer
from tests.sinks.storage import BUCKET, KEY, SECRET, Storage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.e2e.fake_platform import FakePlatform

LARGE = {"image": {"base64": text_of(encoded(noise(300, 200)))}, "operations": []}
"""About 180 kB as PNG."""
SMALL = job(step("resize", width=20))
LIMIT = {"IMAGE_WORKER_MAX_INLINE_BYTES": "50000"}


def bucket_at(port: int) -> dict[str, str]:
    return {
        "BUCKET_ENDPOINT_URL": f"http://127.0.0.1:{port}/{BUCKET}",
        "BUCKET_ACCESS_KEY_ID": KEY,
        "BUCKET_SECRET_ACCESS_KEY": SECRET,
    }


def test_a_result_that_is_too_large_fails_and_says_what_helps(platform: FakePlatform) -> None:
    with SdkWorker(platform, **LIMIT):
        failed = platform.finished(platform.submit(LARGE))
        assert platform.finished(platform.submit(SMALL)).status == "COMPLETED"
    assert failed.status == "FAILED"
    assert failed.output["code"] == "result_too_large"
    assert "50000" in failed.error.replace(",", "").replace(" ", "")
    assert "max_bytes" in failed.error
    assert "bucket" in failed.error


def test_a_job_may_lower_its_quality_to_fit(platform: FakePlatform) -> None:
    output = {"format": "WEBP", "max_bytes": {"base64": 40_000}}
    with SdkWorker(platform, **LIMIT):
        done = platform.finished(platform.submit({**LARGE, "output": output}))
    assert picture_in(done.output).size == (300, 200)


def test_a_result_that_is_too_large_goes_to_the_bucket(
    platform: FakePlatform, tmp_path: Path
) -> None:
    with Storage(tmp_path) as storage:
        with SdkWorker(platform, **LIMIT, **bucket_at(storage.port)):
            done = platform.finished(platform.submit(LARGE))
        assert done.status == "COMPLETED"
        delivery = done.output["delivery"]
        assert done.output["processed_image"] == delivery["url"]
        assert done.id in delivery["key"]
        with Image.open(io.BytesIO(storage.get(delivery["key"]))) as image:
            assert image.size == (300, 200)


@pytest.fixture
def refusing() -> Iterator[Origin]:
    head = answer("403 Forbidden", "Content-Length: 0", "Connection: close")
    with Origin(head) as origin:
        yield origin


@pytest.mark.parametrize("kind", ["refusing", "down"])
def test_a_bucket_that_takes_nothing(kind: str, platform: FakePlatform, refusing: Origin) -> None:
    if kind == "down":
        refusing.close()
    with SdkWorker(platform, **LIMIT, **bucket_at(refusing.port)) as worker:
        failed = platform.finished(platform.submit(LARGE))
        small = platform.finished(platform.submit(SMALL))
        assert SECRET not in worker.said
        assert "Traceback" not in worker.said
    assert failed.status == "FAILED"
    assert failed.output["code"].startswith("delivery_")
    assert SECRET not in failed.error
    assert picture_in(small.output).size == (20, 15)


def test_a_result_that_fits_is_not_lost_with_its_bucket(
    platform: FakePlatform, refusing: Origin
) -> None:
    settings = bucket_at(refusing.port) | {"IMAGE_WORKER_PREFER_BUCKET_ABOVE": "0"}
    with SdkWorker(platform, **settings):
        done = platform.finished(platform.submit(SMALL))
    assert len(refusing.heads) >= 1
    assert done.status == "COMPLETED"
    assert picture_in(done.output).size == (20, 15)
    assert done.output["warnings"]
