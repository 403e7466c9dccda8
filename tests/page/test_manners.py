"""For everybody: readers, keys, phones, dark rooms, proxies and locked servers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.page.proxy import Prefixed
from tests.page.visit import PHONE, Visit, add_step, fact, size
from tests.server.live import KEY, LiveServer

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

AXE = (Path(__file__).parent / "vendor/axe-core/axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

each_look = pytest.mark.parametrize(
    "look",
    [{"color_scheme": "light"}, {"color_scheme": "dark"}, {"viewport": PHONE}],
    ids=["light", "dark", "phone"],
)


def violations(page: Page) -> list[str]:
    """Return what axe finds, as rule and place."""
    page.evaluate(AXE)
    found: dict[str, Any] = page.evaluate(
        "tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']})", RULES
    )
    return [
        f"{rule['id']}: {node['html'][:150]} {node.get('failureSummary', '')[:200]}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def overflow(page: Page) -> int:
    """Return by how many pixels the page is wider than the window."""
    wider: int = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return wider


@each_look
def test_all_tabs_are_without_barriers_and_fit(
    browser: Browser, server: LiveServer, look: dict[str, Any]
) -> None:
    with Visit(browser, server.url, **look) as visit:
        page = visit.open()
        expect(page.locator(".intake.large")).to_be_visible()
        assert violations(page) == []
        visit.with_sample()
        add_step(page, "crop")
        page.get_by_role("button", name="Add a rendition").click()
        page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
        expect(page.get_by_label("All results")).to_be_visible()
        expect(page.locator(".swatch").first).to_be_visible()
        assert violations(page) == []
        assert overflow(page) == 0
        page.get_by_role("button", name="JSON", exact=True).click()
        assert violations(page) == []
        page.get_by_role("button", name="Batch").click()
        assert violations(page) == []
        assert overflow(page) == 0
        page.get_by_role("button", name="Edit").click()
        page.get_by_role("button", name="Run in the queue").click()
        row = page.locator("table.queue tbody tr").first
        expect(row.locator(".badge")).to_have_text("done")
        row.locator(".unfold").click()
        expect(page.get_by_label("Raw JSON")).to_be_visible()
        assert violations(page) == []
        assert overflow(page) == 0


def test_an_error_and_drawing_are_without_barriers(visit: Visit) -> None:
    visit.expected_errors = 1
    page = visit.with_sample()
    step = add_step(page, "crop")
    step.get_by_label("aspect", exact=True).fill("nonsense")
    step.get_by_label("aspect", exact=True).blur()
    expect(page.locator(".stage").get_by_role("alert")).to_be_visible()
    assert violations(page) == []
    step.get_by_role("button", name="Draw box: edges").click()
    expect(page.locator("svg.sketch")).to_be_visible()
    assert violations(page) == []


def test_keys_alone_lead_from_an_empty_page_to_a_job_in_the_queue(visit: Visit) -> None:
    page = visit.open()

    def go(name: str) -> None:
        for _ in range(150):
            page.keyboard.press("Tab")
            if page.evaluate(
                """name => [
                    document.activeElement.ariaLabel,
                    document.activeElement.innerText,
                    document.activeElement.querySelector("img")?.alt,
                ].some((text) => text?.toLowerCase().startsWith(name.toLowerCase()))""",
                name,
            ):
                outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
                assert outline != "none", name
                page.keyboard.press("Enter")
                return
        raise AssertionError(f"no key leads to {name}")

    expect(page.locator(".intake.large")).to_be_visible()
    go("Sample: sunset.jpg")
    visit.ready()
    page.locator("body").focus()
    page.evaluate("document.activeElement.blur()")
    go("Find a step")
    page.keyboard.type("resize")
    go("resize")
    expect(fact(page, "Size")).to_have_text(size(800, 600))
    go("Run in the queue")
    expect(page.locator("table.queue tbody .badge").first).to_have_text("done")


def test_it_works_below_another_path(browser: Browser, server: LiveServer) -> None:
    with (
        Prefixed(server.url, "/tools/pictures") as proxy,
        Visit(browser, f"{proxy.url}/tools/pictures") as visit,
    ):
        page = visit.with_sample()
        expect(page.locator("pre code")).to_contain_text(f"{proxy.url}/tools/pictures/process")
        page.get_by_role("button", name="Run in the queue").click()
        expect(page.locator("table.queue tbody .badge").first).to_have_text("done")
        expect(page.locator(".live")).to_have_text("live")
        visit.open("/docs")
        expect(page.locator(".opblock").first).to_be_visible()


def test_a_key_is_asked_for_once(browser: Browser, tmp_path: Path) -> None:
    with LiveServer(tmp_path, children="1") as server, Visit(browser, server.url) as visit:
        visit.expected_errors = 2
        page = visit.open()
        box = page.get_by_label("Key", exact=True)
        expect(box).to_be_focused()
        assert violations(page) == []
        box.fill("wrong")
        box.press("Enter")
        expect(page.get_by_text("That key does not open this server.")).to_be_visible()
        box.fill(KEY)
        box.press("Enter")
        visit.with_sample()
        expect(page.locator("pre code")).to_contain_text("Authorization: Bearer $IMAGE_WORKER_KEY")
        page.get_by_role("button", name="Run in the queue").click()
        expect(page.locator("table.queue tbody .badge").first).to_have_text("done")
        visit.open("/docs")
        expect(page.locator(".opblock").first).to_be_visible()


def test_the_reference_answers(visit: Visit) -> None:
    page = visit.open("/docs")
    page.locator(".opblock", has_text="/operations").filter(
        has_text="Everything that there is, by name"
    ).locator(".opblock-summary-control").click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    expect(page.locator(".live-responses-table tbody .response-col_status").first).to_contain_text(
        "200"
    )
