"""Takes the pictures of the page for the docs: `python -m tests.page.screenshots`."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyvips
from playwright.sync_api import expect, sync_playwright

from tests.page.visit import PHONE, Visit, add_step, fact, size
from tests.server.live import LiveServer

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PICTURES = Path(__file__).parents[2] / "docs" / "page"
WIDE = {"width": 1280, "height": 860}
LOOKS: dict[str, dict[str, Any]] = {
    "page-light": {"color_scheme": "light", "viewport": WIDE},
    "page-dark": {"color_scheme": "dark", "viewport": WIDE},
    "page-phone": {"color_scheme": "light", "viewport": PHONE, "device_scale_factor": 2},
}


def take(browser: Browser, url: str, look: dict[str, Any]) -> bytes:
    """Return a PNG of the page at work."""
    with Visit(browser, url, **look) as visit:
        page = visit.with_sample()
        step = add_step(page, "filter")
        step.get_by_label("name", exact=True).select_option("vignette")
        step.locator(".name").click()
        add_step(page, "resize")
        expect(fact(page, "Size")).to_have_text(size(800, 600))
        expect(page.locator(".step")).to_have_count(2)
        page.evaluate("scrollTo(0, 0)")
        page.mouse.move(0, 0)
        page.evaluate("document.activeElement.blur()")
        return page.screenshot(animations="disabled")


def main(folder: Path = PICTURES) -> None:
    """Take every picture."""
    with (
        tempfile.TemporaryDirectory() as place,
        LiveServer(Path(place), api_keys="", children="1") as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        for name, look in LOOKS.items():
            made = pyvips.Image.new_from_buffer(take(browser, server.url, look), "")
            made.write_to_file(str(folder / f"{name}.webp"), Q=80, strip=True)
        browser.close()


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
