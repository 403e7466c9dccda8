"""A server in a process of its own, shared by all tests that do not end it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.engine.conftest import installed_plugin
from tests.job.making import PNG
from tests.outgoing.servers import Origin, ok
from tests.server.live import Collector, Hooks, LiveServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def misbehaving(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a plug-in: an operation that hangs, crashes and so on."""
    return installed_plugin(tmp_path_factory.mktemp("plugin"))


@pytest.fixture(scope="session")
def hooks() -> Hooks:
    return Hooks()


@pytest.fixture(scope="session")
def hook_url(hooks: Hooks) -> Iterator[str]:
    with Origin(hooks) as origin:
        yield origin.url("/hook")


@pytest.fixture(scope="session")
def picture_url() -> Iterator[str]:
    with Origin(ok(PNG, "Content-Type: image/png")) as origin:
        yield origin.url("/a.png")


@pytest.fixture(scope="session")
def collector() -> Collector:
    return Collector()


@pytest.fixture(scope="session")
def collector_url(collector: Collector) -> Iterator[str]:
    with Origin(collector) as origin:
        yield origin.url("")


@pytest.fixture(scope="session")
def live(
    tmp_path_factory: pytest.TempPathFactory,
    misbehaving: Path,
    hook_url: str,
    picture_url: str,
    collector_url: str,
) -> Iterator[LiveServer]:
    hosts = ",".join(url.split("/")[2] for url in (hook_url, picture_url))
    with LiveServer(
        tmp_path_factory.mktemp("server"),
        path=str(misbehaving),
        variables={
            "OTEL_EXPORTER_OTLP_ENDPOINT": collector_url,
            "OTEL_BSP_SCHEDULE_DELAY": "200",  # milliseconds, instead of five seconds
        },
        allow_hosts=hosts,
        allow_networks="127.0.0.0/8",
        webhook_secret="secret-of-the-tests",  # noqa: S106
        link_keys="one:first-secret,two:second-secret",
        body_timeout="2",
        queue_slots="3",
        children="2",
    ) as server:
        yield server
