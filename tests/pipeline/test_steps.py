"""Modifiers: conditions, parts, blending and failures, on any operation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.job.making import encoded, job, noise, picture_in, step, text_of, worker

BRIGHT = step("adjust", brightness=2)
DARK = step("adjust", brightness=0)


def done(*operations: Any, **more: Any) -> dict[str, Any]:
    answer = worker().answer(job(*operations, output={"format": "PNG"}, **more))
    assert answer["success"], answer
    return answer


def levels(answer: dict[str, Any]) -> np.ndarray:
    return np.asarray(picture_in(answer).convert("RGB")).astype(int)


BEFORE = np.asarray(noise()).astype(int)


def test_where_limits_a_change_to_a_part() -> None:
    changed = levels(done({**DARK, "where": {"left": 10, "top": 5, "right": 20, "bottom": 25}}))
    assert (changed[5:25, 10:20] == 0).all()
    changed[5:25, 10:20] = BEFORE[5:25, 10:20]
    assert (changed == BEFORE).all()


def test_a_soft_part_blends() -> None:
    changed = levels(done({**DARK, "where": {"gradient": {"direction": "right"}}}))
    share = 1 - (np.arange(40) + 0.5) / 40
    assert np.abs(changed - BEFORE * share[None, :, None]).max() <= 2


def test_amount_blends_with_the_picture_before() -> None:
    changed = levels(done({**DARK, "amount": 0.25}))
    assert np.abs(changed - BEFORE * 0.75).max() <= 1.5


def test_amount_zero_changes_nothing() -> None:
    assert (levels(done({**BRIGHT, "amount": 0})) == BEFORE).all()


def test_a_change_of_bands_can_be_limited_too() -> None:
    grey = step("filter", name="grayscale")
    changed = levels(done({**grey, "where": {"right": "50%"}}))
    assert (changed[:, 20:] == BEFORE[:, 20:]).all()
    assert (changed[:, :20].max(axis=2) == changed[:, :20].min(axis=2)).all()


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ({"width": {">": 39}}, True),
        ({"width": {">": 40}}, False),
        ({"width": 40, "height": 30}, True),
        ({"width": 40, "height": 31}, False),
        ({"aspect": {">=": 1.33, "<": 1.34}}, True),
        ({"has_alpha": False}, True),
        ({"has_alpha": True}, False),
        ({"format": "PNG"}, True),
        ({"pages": {"!=": 1}}, False),
        ({"not": {"pages": {"!=": 1}}}, True),
        ({"or": [{"width": {"<": 5}}, {"height": 30}]}, True),
        ({"and": [{"width": {"<": 5}}, {"height": 30}]}, False),
        ({"brightness": {">": 100, "<": 150}}, True),
        ({"brightness": {">": 200}}, False),
    ],
)
def test_when(condition: dict[str, Any], holds: bool) -> None:  # noqa: FBT001
    answer = done({**DARK, "when": condition})
    assert (levels(answer) == (0 if holds else BEFORE)).all()
    assert ("skipped" in answer["steps"][0]) is not holds


def test_conditions_are_about_the_source_not_the_step_before() -> None:
    answer = done(step("resize", width=10), {**DARK, "when": {"width": 40}})
    assert (levels(answer) == 0).all()


def test_a_condition_that_fails_keeps_the_decoder_from_shrinking() -> None:
    wide = encoded(noise(1600, 1200), "JPEG", quality=95)
    operations = [{**step("resize", width=100), "when": {"width": {"<": 10}}}]
    answer = worker().answer({"image": {"base64": text_of(wide)}, "operations": operations})
    assert (answer["metadata"]["width"], answer["metadata"]["height"]) == (1600, 1200)


@pytest.mark.parametrize(
    "condition",
    [
        {},
        [],
        {"widht": 3},
        {"width": {"~": 3}},
        {"width": {">": "big"}},
        {"width": [1]},
        {"and": []},
        {"not": 5},
    ],
)
def test_what_is_no_condition_is_refused(condition: Any) -> None:
    answer = worker().answer(job({**DARK, "when": condition}))
    assert answer["code"] == "invalid_parameter"
    assert answer["path"].startswith("operations[0].when")


def test_skip_goes_on_without_a_step_that_fails() -> None:
    answer = done({**step("crop", left=100), "on_error": "skip"}, step("resize", width=20))
    assert [one["code"] for one in answer["warnings"]] == ["step_skipped"]
    assert answer["warnings"][0]["path"] == "operations[0]"
    assert answer["metadata"]["width"] == 20


def test_a_failing_resize_that_may_be_skipped_leaves_the_size() -> None:
    wide = encoded(noise(1600, 1200), "JPEG", quality=95)
    crop = {**step("crop", left=5000), "on_error": "skip"}
    answer = worker().answer(
        {"image": {"base64": text_of(wide)}, "operations": [crop, step("resize", width=200)]}
    )
    assert (answer["metadata"]["width"], answer["metadata"]["height"]) == (200, 150)


def test_a_step_that_moves_pixels_cannot_be_limited() -> None:
    for modifier in ({"where": "all"}, {"amount": 0.5}):
        answer = worker().answer(job({**step("resize", width=5), **modifier}))
        assert answer["code"] == "invalid_parameter"
        assert answer["path"] == f"operations[0].{next(iter(modifier))}"
