"""The Edit tab: a job is built from the schema, seen at once, and kept."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.page.visit import add_step, fact, size

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.page.visit import Visit


def job(page: Page) -> dict[str, object]:
    """Return the job that the address holds."""
    found: dict[str, object] = page.evaluate(
        "JSON.parse(new URLSearchParams(location.hash.slice(1)).get('job'))"
    )
    return found


def test_a_change_shows_its_preview_with_one_request(visit: Visit) -> None:
    page = visit.with_sample()
    before = visit.sent("process")
    step = add_step(page, "resize")
    expect(fact(page, "Size")).to_have_text(size(800, 600))
    assert visit.sent("process") == before + 1
    step.get_by_label("width", exact=True).fill("320")
    expect(fact(page, "Size")).to_have_text(size(320, 240))
    assert visit.sent("process") == before + 2


def test_every_operation_can_be_added_from_the_schema_alone(visit: Visit) -> None:
    page = visit.open()
    page.locator(".adder li b").first.wait_for()
    names = page.locator(".adder li b").all_inner_texts()
    assert len(names) > 10
    for name in names:
        add_step(page, name)
    expect(page.locator(".step .body")).to_have_count(len(names))
    described = page.locator(".step .field").count()
    assert page.locator(".step .field > .help").count() == described


def test_steps_are_moved_doubled_switched_off_and_removed(page: Page) -> None:
    add_step(page, "flip")
    add_step(page, "rotate")
    kinds = page.locator(".step .name b")
    page.get_by_role("button", name="Move step 2, rotate up").click()
    expect(kinds).to_have_text(["rotate", "flip"])
    page.get_by_role("button", name="Duplicate step 1, rotate").click()
    expect(kinds).to_have_text(["rotate", "rotate", "flip"])
    page.get_by_role("switch", name="Use step 1, rotate").uncheck()
    expect(fact(page, "Size")).to_have_text(size(768, 1024))
    assert [one["type"] for one in job(page)["operations"]] == ["rotate", "flip"]  # type: ignore[attr-defined]
    page.get_by_role("button", name="Remove step 2, rotate").click()
    expect(kinds).to_have_text(["rotate", "flip"])
    expect(fact(page, "Size")).to_have_text(size(1024, 768))


def test_form_and_json_are_one_job(page: Page) -> None:
    add_step(page, "resize")
    page.get_by_role("button", name="JSON", exact=True).click()
    box = page.get_by_label("The job as JSON")
    assert json.loads(box.input_value())["operations"][0]["params"] == {"width": 800}
    box.fill('{"operations": [{"resize": {"width": 100}}], "output": {"format": "PNG"}}')
    expect(fact(page, "Size")).to_have_text(size(100, 75))
    expect(fact(page, "Format")).to_have_text("PNG")
    box.fill('{"operations": [')
    expect(page.locator(".code [role=alert]")).to_be_visible()
    page.get_by_role("button", name="Form", exact=True).click()
    expect(page.locator(".step .name b")).to_have_text(["resize"])


def test_the_address_brings_a_job_back(visit: Visit) -> None:
    page = visit.with_sample()
    add_step(page, "resize")
    expect(fact(page, "Size")).to_have_text(size(800, 600))
    page.reload()
    expect(page.locator(".step .name")).to_contain_text("width 800")


def test_an_error_stands_at_its_field_however_deep(visit: Visit) -> None:
    visit.expected_errors = 4
    page = visit.with_sample()
    step = add_step(page, "adjust")
    step.get_by_text("Only in part, or only sometimes").click()
    where = step.get_by_role("group", name="where")
    where.get_by_label("Form").select_option(label="box")
    where.get_by_label("left", exact=True).fill("2x")
    where.get_by_label("left", exact=True).blur()
    wrong = where.locator(".field.wrong")
    expect(wrong).to_have_count(1)
    expect(wrong.locator("label")).to_have_text("left")
    expect(wrong.get_by_role("alert")).to_contain_text("expected a whole number of pixels")
    expect(where.get_by_label("left", exact=True)).to_have_attribute("aria-invalid", "true")


def test_an_error_at_no_field_stands_above_the_picture(visit: Visit) -> None:
    visit.expected_errors = 2
    page = visit.with_sample()
    page.get_by_role("button", name="JSON", exact=True).click()
    page.get_by_label("The job as JSON").fill('{"operations": [{"resize": {"widht": 1}}]}')
    alert = page.locator(".stage").get_by_role("alert")
    expect(alert).to_contain_text('did you mean "width"')


def test_presets_are_kept_sent_and_taken(page: Page, tmp_path: Path) -> None:
    add_step(page, "resize")
    page.locator(".kept summary").click()
    page.get_by_label("Name of the preset").fill("mine")
    page.get_by_role("button", name="Keep").click()
    with page.expect_download() as saving:
        page.get_by_role("button", name="Export").click()
    file = tmp_path / "presets.json"
    saving.value.save_as(file)
    page.get_by_role("button", name="Remove the preset mine").click()
    page.get_by_role("button", name="Remove step 1, resize").click()
    page.get_by_label("Import presets").set_input_files(file)
    page.get_by_role("button", name="mine", exact=True).click()
    expect(page.locator(".step .name")).to_contain_text("width 800")
    file.write_text("[")
    page.get_by_label("Import presets").set_input_files(file)
    expect(page.locator(".kept [role=alert]")).to_contain_text("This is no file of presets")


def test_facts_are_measured_once_they_are_looked_at(page: Page) -> None:
    page.get_by_text("Colours, metadata, likeness").click()
    expect(page.get_by_label("Histogram of the result's colours").locator("canvas")).to_be_visible()
    expect(page.locator(".swatch").first).to_be_visible()
    table = page.locator(".facts table")
    for name in ("ssim to the original", "phash", "blurhash"):
        expect(table.get_by_role("rowheader", name=name)).to_be_visible()


def test_renditions_are_shown_side_by_side(page: Page) -> None:
    page.get_by_role("button", name="Add a rendition").click()
    gallery = page.get_by_label("All results").locator("figcaption b")
    expect(gallery).to_have_text(["result", "size-1 400", "size-1 800"])
    page.get_by_label("Name of the rendition size-1").fill("small")
    page.get_by_label("Name of the rendition size-1").blur()
    expect(gallery).to_have_text(["result", "small 400", "small 800"])
    page.get_by_label("Format", exact=True).first.select_option("none")
    expect(gallery).to_have_text(["small 400", "small 800"])
    assert "output" not in job(page)
