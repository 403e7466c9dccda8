"""The picture: compared, zoomed, and drawn upon, by hand and by keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.page.visit import add_step, fact, size

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

    from tests.page.visit import Visit


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("Slider", ".compare img"),
        ("Side by side", ".pair img"),
        ("Difference", ".differ img"),
    ],
)
def test_before_and_after_are_compared(page: Page, name: str, place: str) -> None:
    page.get_by_role("button", name=name).click()
    expect(page.get_by_role("button", name=name)).to_have_attribute("aria-pressed", "true")
    expect(page.locator(place)).to_have_count(2)
    widths = page.locator(place).evaluate_all("all => all.map((one) => one.naturalWidth)")
    assert widths == [1024, 1024]


def test_before_and_after_are_shown_in_turn(page: Page) -> None:
    page.get_by_role("button", name="In turn").click()
    page.get_by_role("button", name="After; show the other").press("Enter")
    expect(page.get_by_role("button", name="Before; show the other")).to_be_visible()


def test_the_split_is_a_slider_for_keys(page: Page) -> None:
    split = page.get_by_role("slider", name="Where the result begins")
    split.press("Home")
    assert page.locator(".compare").evaluate("one => one.style.getPropertyValue('--at')") == "0%"
    page.locator(".frame").press("2")
    assert page.locator(".compare").evaluate("one => one.style.getPropertyValue('--at')") == "50%"


def test_zoom_reaches_single_pixels_by_keys(page: Page) -> None:
    frame = page.locator(".frame")
    for _ in range(8):
        frame.press("+")
    expect(page.locator(".content.pixels")).to_be_visible()
    shown = page.locator(".compare img").first
    assert shown.evaluate("one => getComputedStyle(one).imageRendering") == "pixelated"
    frame.press("0")
    expect(page.locator(".content.pixels")).to_have_count(0)


def test_a_box_is_drawn_with_the_pointer(page: Page) -> None:
    step = add_step(page, "crop")
    step.get_by_role("button", name="Reset aspect").click()
    step.get_by_role("button", name="Draw box: edges").click()
    board = page.locator("svg.sketch image").bounding_box()
    assert board
    x, y, width, height = (board[name] for name in ("x", "y", "width", "height"))
    page.mouse.move(x + width * 0.25, y + height * 0.25)
    page.mouse.down()
    page.mouse.move(x + width * 0.75, y + height * 0.5)
    page.mouse.up()
    expect(fact(page, "Size")).to_have_text(size(512, 192))


def test_a_polygon_is_drawn_with_keys_on_the_picture_of_its_step(page: Page) -> None:
    add_step(page, "resize")
    step = add_step(page, "redact")
    step.get_by_role("button", name="Draw polygon: regions").press("Enter")
    sketch = page.locator("svg.sketch")
    expect(sketch).to_be_focused()
    assert sketch.get_attribute("viewBox") == "0 0 800 600"
    for key in ("Enter", "Shift+ArrowRight", "Enter", "Shift+ArrowDown", "Enter"):
        sketch.press(key)
    page.get_by_role("button", name="Done").press("Enter")
    points = step.get_by_label("points *")
    expect(points).to_have_value('[["50%","50%"],["60%","50%"],["60%","60%"]]')


def test_a_point_is_drawn_and_escape_calls_it_off(page: Page) -> None:
    step = add_step(page, "crop")
    step.locator("summary", has_text="more").click()
    step.get_by_role("button", name="Point: gravity").first.click()
    page.locator("svg.sketch").press("Escape")
    expect(page.locator("svg.sketch")).to_have_count(0)
    step.get_by_role("button", name="Point: gravity").first.click()
    page.locator("svg.sketch").press("Shift+ArrowLeft")
    page.locator("svg.sketch").press("Enter")
    expect(step.get_by_label("x *", exact=True)).to_have_value("40%")


def test_a_picture_that_cannot_be_drawn_on_is_told(visit: Visit) -> None:
    visit.expected_errors = 1
    page = visit.with_sample()
    add_step(page, "flip")
    step = add_step(page, "crop")
    expect(fact(page, "Size")).to_have_text(size(768, 768))
    page.route("**/process", lambda route: route.abort())
    step.get_by_role("button", name="Draw box: edges").click()
    expect(page.locator(".stage").get_by_role("alert")).to_contain_text("cannot be reached")
    page.unroute("**/process")
    step.get_by_role("button", name="Draw box: edges").click()
    expect(page.locator("svg.sketch")).to_be_focused()
    expect(page.locator(".stage").get_by_role("alert")).to_have_count(0)


def test_transparency_is_chequered(visit: Visit) -> None:
    page = visit.open()
    page.get_by_role("button", name="Sample: badge.png").click()
    visit.ready()
    background = page.locator(".frame").evaluate("one => getComputedStyle(one).backgroundImage")
    assert "conic-gradient" in background


def test_a_slow_preview_says_so_and_a_newer_one_calls_it_off(visit: Visit) -> None:
    page = visit.with_sample()
    held: list[Route] = []
    page.route("**/process", lambda route: route.continue_() if held else held.append(route))
    step = add_step(page, "resize")
    expect(page.get_by_role("progressbar", name="Working")).to_be_visible()
    with page.expect_event("requestfailed", lambda one: one == held[0].request):
        step.get_by_label("width", exact=True).fill("200")
    expect(fact(page, "Size")).to_have_text(size(200, 150))
    expect(page.get_by_role("progressbar", name="Working")).to_have_count(0)
