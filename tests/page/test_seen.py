"""What is seen in a picture is drawn over it, each kind and each layer switched by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.pictures import encoded, photograph

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.page.visit import Visit

FACE = (182, 82, 275, 176)
"""Where the astronaut's face is."""


def with_astronaut(visit: Visit) -> Page:
    page = visit.open()
    data = encoded(photograph("astronaut.png"), "JPEG", quality=95)
    page.get_by_label("Choose files").first.set_input_files(
        {"name": "astronaut.jpg", "mimeType": "image/jpeg", "buffer": data}
    )
    visit.ready()
    return page


def press(page: Page, name: str) -> None:
    page.locator(".seen-bar").get_by_role("button", name=name).click()


def test_boxes_masks_and_labels_over_the_picture(visit: Visit) -> None:
    page = with_astronaut(visit)
    assert visit.sent("process") == 1  # nothing is looked for before somebody asks
    press(page, "Faces")
    face = page.locator(".seen .faces rect")
    expect(face).to_have_count(1)
    found = face.evaluate(
        "one => ['x', 'y', 'width', 'height'].map((key) => +one.getAttribute(key))"
    )
    left, top, right, bottom = FACE
    near = (left, top, right - left, bottom - top)
    assert all(abs(one - other) < 12 for one, other in zip(found, near, strict=True))
    shown, picture = face.bounding_box(), page.locator(".compare .over").bounding_box()
    assert shown
    assert picture
    scale = min(picture["width"], picture["height"]) / 512
    across = (shown["x"] - picture["x"] - (picture["width"] - 512 * scale) / 2) / scale
    assert abs(across - left) < 15
    label = page.locator(".seen .faces text")
    expect(label).to_contain_text("face 9")
    press(page, "Labels")
    expect(label).to_have_count(0)
    press(page, "People")
    expect(page.locator(".seen .people .mask").first).to_be_visible()
    press(page, "Masks")
    expect(page.locator(".seen .mask")).to_have_count(0)
    press(page, "Faces")
    press(page, "People")
    expect(page.locator(".seen")).to_have_count(0)
