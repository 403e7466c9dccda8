"""The Jobs tab, and many pictures at once."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from image_worker.server import page as files
from tests.page.visit import add_step, size

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Locator, Page

    from tests.page.visit import Visit
    from tests.server.live import LiveServer

SAMPLES = f"{next(iter(files.__path__))}/samples"


def queued(page: Page) -> Locator:
    """Put the job into the queue and return its row."""
    page.get_by_role("button", name="Run in the queue").click()
    return page.locator("table.queue tbody tr").first


def test_a_job_of_the_page_runs_in_the_queue(page: Page) -> None:
    add_step(page, "resize")
    row = queued(page)
    expect(row).to_contain_text("sunset.jpg")
    expect(row.locator(".badge")).to_have_text("done")
    row.get_by_role("button", name="Job sunset.jpg").click()
    expect(page.locator(".detail figcaption")).to_have_text(f"result, {size(800, 600)}")
    expect(page.get_by_label("Raw JSON")).to_contain_text('"status": "COMPLETED"')


def test_its_settings_are_loaded_again(page: Page) -> None:
    add_step(page, "resize")
    row = queued(page)
    page.get_by_role("button", name="Edit").click()
    page.get_by_role("button", name="Remove step 1, resize").click()
    page.get_by_role("button", name="Jobs").click()
    row.get_by_role("button", name="Load the settings of sunset.jpg").click()
    expect(page.locator(".step .name")).to_contain_text("width 800")


def test_jobs_of_others_come_in_live_and_are_called_off(visit: Visit, server: LiveServer) -> None:
    page = visit.open()
    page.get_by_role("button", name="Jobs").click()
    expect(page.locator(".live")).to_have_text("live")
    big = {"text": {"content": "x"}, "gravity": "center"}
    picture = "https://example.invalid/a.jpg"
    job = server.submit({"image": picture, "operations": [{"overlay": big}]})
    row = page.locator("tr", has=page.get_by_role("button", name=f"Job {job[:8]}, {job}"))
    expect(row.locator(".badge")).to_have_text("failed")
    expect(page.locator("tr.note").first).to_contain_text("image")
    page.get_by_role("button", name="Failed", exact=True).click()
    row.get_by_role("button", name="Retry").click()
    expect(row.locator(".badge")).to_have_text("failed")


def test_a_waiting_job_is_cancelled(visit: Visit) -> None:
    page = visit.open()
    jobs = [
        {"id": "waits", "status": "IN_QUEUE", "createdAt": 1},
        {
            "id": "batch",
            "status": "IN_PROGRESS",
            "createdAt": 2,
            "output": {"progress": {"done": 3, "total": 8}},
        },
    ]
    gone = {"id": "waits", "status": "CANCELLED"}
    page.route("**/requests*", lambda route: route.fulfill(json={"requests": jobs}))
    page.route("**/cancel/waits", lambda route: route.fulfill(json=gone))
    page.get_by_role("button", name="Jobs").click()
    expect(page.get_by_role("progressbar", name="Progress")).to_have_attribute("value", "3")
    page.get_by_role("button", name="Cancel waits").click()
    row = page.locator("tr", has=page.get_by_role("button", name="Job waits, waits"))
    expect(row.locator(".badge")).to_have_text("cancelled")
    expect(page.get_by_role("button", name="Cancel waits")).to_have_count(0)


def test_an_empty_queue_and_a_lost_server_are_told(visit: Visit) -> None:
    visit.expected_errors = 100
    page = visit.open()
    page.route("**/requests*", lambda route: route.fulfill(body='{"requests": []}'))
    page.route("**/events", lambda route: route.fulfill(body="retry: 2000\n\n"))
    page.get_by_role("button", name="Jobs").click()
    expect(page.get_by_text("No jobs yet.")).to_be_visible()
    page.route("**/requests*", lambda route: route.abort())
    expect(page.get_by_role("alert")).to_contain_text("The server cannot be reached")
    expect(page.locator(".live")).to_contain_text("connection lost")


def test_many_pictures_become_one_archive(visit: Visit, tmp_path: Path) -> None:
    page = visit.open()
    add_step(page, "resize")
    page.get_by_role("button", name="Batch").click()
    page.get_by_label("Choose files").set_input_files(
        [f"{SAMPLES}/sunset.jpg", f"{SAMPLES}/badge.png"]
    )
    page.get_by_role("button", name="Do 2 pictures").click()
    expect(page.locator(".count")).to_have_text("2 of 2")
    with page.expect_download() as saving:
        page.get_by_role("button", name="Save 2 as ZIP").click()
    saving.value.save_as(tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert sorted(archive.namelist()) == ["badge.jpg", "sunset.jpg"]
        assert archive.testzip() is None
