"""Both kinds of endpoints: RunPod's, with a worker that a test plays, and a server of ours."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Self

import pytest

from image_worker.endpoint import Endpoint, asynchronous, exchange
from tests.e2e.fake_platform import ENDPOINT, KEY, FakePlatform
from tests.server.live import LiveServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.e2e.platform_jobs import PlatformJob


class Played:
    """A worker of the fake platform: does with each job what the test says."""

    def __init__(self, platform: FakePlatform) -> None:
        self._jobs = platform.jobs
        self.does: Callable[[PlatformJob], Any] = lambda job: job.request["input"]
        """What it answers; by default, the input."""
        self._thread = threading.Thread(target=self._work, daemon=True)

    def _work(self) -> None:
        while not self._jobs.closed:
            for job in self._jobs.take("played", 1, 1):
                self._jobs.post(job.id, self._answer(job))

    def _answer(self, job: PlatformJob) -> dict[str, Any]:
        output = self.does(job)
        error = output.pop("error", None) if isinstance(output, dict) else None
        return {"output": output, **({"error": error} if error else {})}

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._jobs.close()
        self._thread.join()


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (asynchronous, exchange):
        monkeypatch.setattr(module, "_FIRST_PAUSE_SECONDS", 0.01)


@pytest.fixture
def platform() -> Iterator[FakePlatform]:
    with FakePlatform() as platform:
        yield platform


@pytest.fixture
def worker(platform: FakePlatform) -> Iterator[Played]:
    with Played(platform) as played:
        yield played


@pytest.fixture
def endpoint(platform: FakePlatform) -> Iterator[Endpoint]:
    with Endpoint(ENDPOINT, url=platform.base, api_key=KEY) as endpoint:
        yield endpoint


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with LiveServer(tmp_path_factory.mktemp("endpoint"), children="1") as server:
        yield server
