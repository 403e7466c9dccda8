"""A platform, a worker under the real SDK, and an origin of pictures, shared by most tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.fake_platform import FakePlatform
from tests.e2e.sdk_worker import SdkWorker
from tests.job.making import PNG
from tests.outgoing.servers import Origin, ok

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.platform_jobs import PlatformJob


@dataclass(frozen=True)
class Live:
    """What runs, and what its tests do most."""

    platform: FakePlatform
    worker: SdkWorker
    origin: Origin

    def done(self, job_input: Any, **more: Any) -> PlatformJob:
        """Return a job once the worker has answered it."""
        return self.platform.finished(self.platform.submit(job_input, **more))


def reaching(origin: Origin) -> dict[str, str]:
    """Return the settings with which a worker may fetch from an origin."""
    return {
        "IMAGE_WORKER_ALLOW_HOSTS": f"127.0.0.1:{origin.port}",
        "IMAGE_WORKER_ALLOW_NETWORKS": "127.0.0.0/8",
    }


@pytest.fixture
def platform() -> Iterator[FakePlatform]:
    with FakePlatform() as platform:
        yield platform


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin(ok(PNG, "Content-Type: image/png")) as origin:
        yield origin


@pytest.fixture(scope="session")
def _live() -> Iterator[Live]:
    with (
        FakePlatform() as platform,
        Origin(ok(PNG)) as origin,
        SdkWorker(platform, **reaching(origin)) as worker,
    ):
        yield Live(platform, worker, origin)


@pytest.fixture
def live(_live: Live) -> Live:
    """Return what all tests share, with an origin that answers with the usual picture."""
    _live.origin.answer = ok(PNG, "Content-Type: image/png")
    return _live
