"""Selectors and conditions by what is seen, for which a job looks once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image

from image_worker.vision import finding
from tests.job.making import step
from tests.pictures import photograph
from tests.vision.seen import FACE, done, made, overlap, portrait


def test_a_face_is_what_is_kept() -> None:
    box = done(step("crop", to="face"))["steps"][0]["box"]
    assert overlap(box, FACE) > 0.75
    wide = done(step("crop", width=100, height=512, gravity="faces"))["steps"][0]["box"]
    assert abs((wide[0] + wide[2]) / 2 - (FACE[0] + FACE[2]) / 2) < 12
    named = {"detect": "objects", "classes": ["person"]}
    for to in ("object:person", named, "subject"):
        assert overlap(done(step("crop", to=to))["steps"][0]["box"], (20, 14, 362, 512)) > 0.8


@pytest.mark.parametrize("where", ["faces", ["faces", "object:dog"], {"detect": "faces"}])
def test_where_changes_what_was_found_alone(where: Any) -> None:
    before = np.asarray(portrait()).astype(int)
    after = made({**step("filter", name="invert"), "where": where})
    changed = (np.abs(after - before).max(2) > 60).nonzero()
    assert (
        overlap((changed[1].min(), changed[0].min(), changed[1].max(), changed[0].max()), FACE)
        > 0.8
    )


def test_the_subject_has_an_edge() -> None:
    """Not that of a box: the corners of the person's box show what is behind."""
    before = np.asarray(portrait()).astype(int)
    after = made({**step("filter", name="invert"), "where": "subject"})
    changed = np.abs(after - before).max(2) > 60
    assert changed[130, 220]
    assert not changed[30:80, 30:100].any()


def test_the_subject_of_a_cutout_is_what_is_opaque() -> None:
    cutout = Image.new("RGBA", (300, 200), (0, 0, 0, 0))
    cutout.paste((200, 30, 30, 255), (40, 60, 140, 160))
    box = done(step("crop", to="subject"), picture=cutout)["steps"][0]["box"]
    assert box == [40, 60, 140, 160]


def test_where_nothing_is_found_nothing_changes_or_the_crop_says_so() -> None:
    rocket = photograph("rocket.jpg")
    untouched = made({**step("filter", name="invert"), "where": "faces"}, picture=rocket)
    assert (untouched == np.asarray(rocket)).all()
    told = done(step("crop", to="faces"), picture=rocket)
    assert told["code"] == "invalid_parameter"
    assert "finds nothing" in told["error"]
    moved = done(step("crop", width=100, height=100, gravity="face"), picture=rocket)
    assert [one["code"] for one in moved["warnings"]] == ["gravity_fallback"]


def test_an_unknown_label_is_an_error_with_what_was_meant() -> None:
    told = done(step("crop", to="object:dgo"))
    assert told["code"] == "invalid_parameter"
    assert told["path"].startswith("operations[0]")
    assert 'did you mean "dog"' in told["error"]
    assert 'did you mean "faces"' in done(step("crop", to="face s"))["error"]
    assert "object:" in done(step("crop", to="object:"))["error"]


def test_one_look_serves_all_steps_until_the_picture_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = []
    find = finding.find

    def counted(model: Any, *args: Any, **options: Any) -> Any:
        looks.append(model.name)
        return find(model, *args, **options)

    monkeypatch.setattr("image_worker.vision.looking.find", counted)
    bright = {**step("adjust", brightness=1.1), "where": "faces"}
    steps = [bright] * 4 + [{**bright, "when": {"faces": {">": 0}}}]
    assert done(*steps, analyze=["faces"])["success"]
    assert looks == ["blazeface"]
    assert done(*steps[:2], step("flip", direction="horizontal"), *steps[:2])["success"]
    assert looks == ["blazeface"] * 3


def test_conditions_compare_how_many_there_are() -> None:
    gone = {**step("crop", right=10), "when": {"faces": {"=": 0}}}
    kept = {**step("crop", right=20), "when": {"and": [{"faces": 1}, {"objects": {">=": 1}}]}}
    assert done(gone, kept)["metadata"]["width"] == 20
    assert done(gone, kept, picture=photograph("rocket.jpg"))["metadata"]["width"] == 10
    told = done({**gone, "when": {"facse": 0}})
    assert 'did you mean "faces"' in told["error"]
