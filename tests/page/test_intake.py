"""Every way in which a picture comes to the page."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
import pyvips
from playwright.sync_api import expect

from tests.page.test_queue import SAMPLES
from tests.page.visit import PHONE, Visit, add_step, fact, size

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tests.server.live import LiveServer

SUNSET, BADGE = f"{SAMPLES}/sunset.jpg", f"{SAMPLES}/badge.png"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with pictures at two depths, and what is none."""
    made = tmp_path / "trip"
    (made / "day").mkdir(parents=True)
    shutil.copy(SUNSET, made / "day" / "same.jpg")
    shutil.copy(BADGE, made / "same.png")
    (made / "notes.txt").write_text("no picture")
    return made


def names(page: Page) -> set[str | None]:
    expect(page.locator(".shelf .show")).to_have_count(2)
    shown = page.locator(".shelf .show").all()
    return {one.get_attribute("title") for one in shown}


def dropped(page: Page, *paths: str) -> None:
    """Drop files or folders as the desktop does."""
    session = page.context.new_cdp_session(page)
    data = {"items": [], "files": list(paths), "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        session.send("Input.dispatchDragEvent", {"type": kind, "x": 200, "y": 300, "data": data})


def test_a_file_is_dropped(visit: Visit) -> None:
    page = visit.open()
    expect(page.locator(".intake.large")).to_be_visible()
    dropped(page, SUNSET)
    visit.ready()
    expect(fact(page, "Size")).to_have_text(size(1024, 768))


def test_a_folder_is_dropped(visit: Visit, folder: Path) -> None:
    page = visit.open()
    expect(page.locator(".intake.large")).to_be_visible()
    dropped(page, str(folder))
    visit.ready()
    assert names(page) == {"trip/day/same.jpg", "trip/same.png"}


def test_a_folder_is_chosen(visit: Visit, folder: Path) -> None:
    page = visit.open()
    page.get_by_label("Choose a folder").set_input_files(folder)
    visit.ready()
    assert names(page) == {"trip/day/same.jpg", "trip/same.png"}


def test_a_picture_is_pasted(visit: Visit) -> None:
    page = visit.open()
    expect(page.locator(".intake.large")).to_be_visible()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate(
        """async () => {
            const blob = await (await fetch("static/samples/badge.png")).blob();
            await navigator.clipboard.write([new ClipboardItem({ "image/png": blob })]);
        }"""
    )
    page.keyboard.press("Control+V")
    visit.ready()
    picture = pyvips.Image.new_from_file(BADGE)
    expect(fact(page, "Size")).to_have_text(size(picture.width, picture.height))


def test_a_picture_is_taken_by_the_camera(visit: Visit) -> None:
    page = visit.open()
    page.get_by_role("button", name="Camera").click()
    dialog = page.get_by_role("dialog", name="Camera")
    expect(dialog.get_by_role("button", name="Take it")).to_be_enabled()
    seen = page.locator(".camera video").evaluate("one => [one.videoWidth, one.videoHeight]")
    track = page.evaluate_handle("document.querySelector('.camera video').srcObject.getTracks()[0]")
    dialog.get_by_role("button", name="Take it").click()
    expect(dialog).to_have_count(0)
    visit.ready()
    expect(fact(page, "Size")).to_have_text(size(*seen))
    assert track.evaluate("one => one.readyState") == "ended"


def test_the_camera_is_let_go_by_escape(visit: Visit) -> None:
    page = visit.open()
    page.get_by_role("button", name="Camera").press("Enter")
    expect(page.get_by_role("button", name="Take it")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator(".intake.large")).to_be_visible()


def test_a_camera_that_may_not_be_used_is_told(visit: Visit) -> None:
    page = visit.open()
    page.evaluate(
        """() => {
            const refuse = async () => { throw new DOMException("", "NotAllowedError"); };
            navigator.mediaDevices.getUserMedia = refuse;
        }"""
    )
    page.get_by_role("button", name="Camera").click()
    expect(page.get_by_role("alert")).to_have_text("The browser may not use the camera.")


def test_a_phone_opens_a_camera_of_its_own(browser: Browser, server: LiveServer) -> None:
    with Visit(browser, server.url, viewport=PHONE, has_touch=True, is_mobile=True) as visit:
        field = visit.open().get_by_label("Take a picture")
        expect(field).to_have_attribute("capture", "environment")
        field.set_input_files(SUNSET)
        visit.ready()


def test_a_large_picture_shows_each_change_with_one_request(visit: Visit, tmp_path: Path) -> None:
    path = tmp_path / "large.jpg"
    ramp = pyvips.Image.xyz(4000, 3000)
    large = (ramp[0] / 16).bandjoin([ramp[1] / 12, 90]).cast("uchar")
    large.copy(interpretation="srgb").jpegsave(str(path), Q=90)
    page = visit.open()
    page.get_by_label("Choose files").set_input_files(path)
    visit.ready()
    expect(fact(page, "Size")).to_have_text(size(4000, 3000))
    before = visit.sent("process")
    step = add_step(page, "resize")
    expect(fact(page, "Size")).to_have_text(size(800, 600))
    step.get_by_label("width", exact=True).fill("1000")
    expect(fact(page, "Size")).to_have_text(size(1000, 750))
    assert visit.sent("process") == before + 2


def test_the_first_view_says_when_it_is_ready(visit: Visit) -> None:
    page = visit.open()
    expect(page.locator(".intake.large")).to_be_visible()
    assert page.evaluate("performance.getEntriesByName('ready').length") == 1
