"""Debian's Chromium on a real server; it tells of whatever a page does that it should not."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright

from tests.page.visit import Visit
from tests.server.live import LiveServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page


FLAGS = [
    "--no-sandbox",
    # A camera that shows a green field with a clock, and a person who says yes to it.
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]


# Ended with each module: as long as it runs, Playwright holds the thread's event loop, and tests of
# other parts could not start one.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = shutil.which("chromium")
    if program is None and "CI" in os.environ:
        pytest.fail("expected Chromium, as `.ci/run` installs it; none is there")
    if program is None:
        pytest.skip("there is no chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with LiveServer(tmp_path_factory.mktemp("page"), api_keys="", children="2") as started:
        yield started


@pytest.fixture
def visit(browser: Browser, server: LiveServer) -> Iterator[Visit]:
    with Visit(browser, server.url) as visited:
        yield visited


@pytest.fixture
def page(visit: Visit) -> Page:
    """Return the page with a picture on it, of which the preview is there."""
    return visit.with_sample()
