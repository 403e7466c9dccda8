"""How much work the page is for a browser until it can be used: `python -m benchmarks.first_view`.

Each round is a first visit, with nothing kept. `CPU` is what the browser's main thread did until
the page said that it is ready, by its own account; `ready` is when that was, after the start of the
navigation, which on a busy machine says more of the machine.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from tests.server.live import LiveServer

if TYPE_CHECKING:
    from playwright.sync_api import Browser

BAR_SECONDS = 1.0
_READY = "performance.getEntriesByName('ready')[0].startTime"


def visit(browser: Browser, url: str) -> tuple[float, float]:
    """Return seconds of the main thread, and seconds until the page was ready."""
    context = browser.new_context()
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.goto(url, wait_until="commit")
    page.locator(".intake").wait_for()
    ready = page.evaluate(_READY)
    metrics = session.send("Performance.getMetrics")["metrics"]
    spent = next(one["value"] for one in metrics if one["name"] == "TaskDuration")
    context.close()
    return spent, ready / 1000


def main() -> int:
    """Measure and print; the status is 1 if the page takes longer than a second of CPU."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.first_view")
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    with (
        tempfile.TemporaryDirectory() as folder,
        LiveServer(Path(folder), api_keys="", children="1") as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        taken = [visit(browser, server.url) for _ in range(rounds)]
        browser.close()
    spent, ready = (sorted(column) for column in zip(*taken, strict=True))
    for name, column in (("CPU", spent), ("ready", ready)):
        print(
            f"{name:6} median {statistics.median(column):.2f} s, {column[0]:.2f}-{column[-1]:.2f}"
        )
    met = statistics.median(spent) < BAR_SECONDS
    print(f"bar: {BAR_SECONDS:g} s of CPU, {'met' if met else 'NOT MET'}")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
