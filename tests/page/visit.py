"""A visit to the page, in a browser without any past."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Self

from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1400, "height": 950}

expect.set_options(timeout=30_000)


class Visit:
    """Opens the page; at the end no error may be in the console, and no request gone elsewhere."""

    def __init__(self, browser: Browser, url: str, **options: Any) -> None:
        """Start with a fresh context; `options` are Playwright's for it."""
        self.url = url
        self.requests: list[str] = []
        self.errors: list[str] = []
        self.expected_errors = 0
        self._context = browser.new_context(**{"viewport": DESK, **options})
        self._context.set_default_timeout(30_000)
        self.page: Page = self._context.new_page()
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", self._asked)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.errors.append(message.text)

    def _asked(self, request: Request) -> None:
        self.requests.append(f"{request.method} {request.url}")

    def open(self, path: str = "/") -> Page:
        """Open the page without a picture."""
        self.page.goto(self.url + path)
        return self.page

    def with_sample(self, path: str = "/") -> Page:
        """Open it, choose the first sample and wait for its preview."""
        self.open(path)
        self.page.get_by_role("button", name="Sample: sunset.jpg").click()
        self.ready()
        return self.page

    def ready(self) -> None:
        """Wait for a preview that is up to date."""
        expect(self.page.get_by_label("Facts")).to_be_visible()

    def sent(self, path: str) -> int:
        """Return how many requests went to `path`."""
        return sum(one.split("?")[0] == f"POST {self.url}/{path}" for one in self.requests)

    def close(self) -> None:
        """End it."""
        self._context.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self.close()
        if kind is None:
            # The browser itself tells of each answer that is an error, such as a job refused.
            told = [one for one in self.errors if not one.startswith("Failed to load resource")]
            assert not told, told
            assert len(self.errors) - len(told) <= self.expected_errors, self.errors
            local = (f"{self.url}/", "blob:", "data:")
            assert not [one for one in self.requests if not one.split(" ")[1].startswith(local)]


def add_step(page: Page, name: str) -> Locator:
    """Add an operation and return it."""
    adder = page.locator("details.adder")
    if adder.get_attribute("open") is None:
        adder.locator("summary").click()
    adder.get_by_label("Find a step").fill(name)
    exactly = page.locator("b", has_text=re.compile(f"^{name}$", re.IGNORECASE))
    adder.get_by_role("button").filter(has=exactly).click()
    return page.locator(".step").last


def fact(page: Page, name: str) -> Locator:
    """Return the place of one of the facts below the picture."""
    return page.locator(".numbers div", has=page.get_by_text(name, exact=True)).locator("dd")


def size(width: int, height: int) -> str:
    """Return a size as the page writes it."""
    return f"{width} \N{MULTIPLICATION SIGN} {height}"
