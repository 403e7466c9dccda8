"""A result for each thing that is found."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.job.making import picture_in
from tests.operations.laying import answered
from tests.pictures import levels, noise, photograph

ASTRONAUT = photograph("astronaut.png")
BOX = {"left": 10, "top": 20, "right": 50, "bottom": 40}


def cropped(*after: dict[str, Any], **parameters: Any) -> dict[str, Any]:
    return answered(noise((100, 80)), {"crop_objects": parameters}, *after)


def test_each_thing_becomes_a_result() -> None:
    answer = answered(ASTRONAUT, {"crop_objects": {"to": ["faces", "object:person"]}})
    (step,) = answer["steps"]
    assert [one["label"] for one in step["objects"]] == ["face", "person"]
    assert list(answer["outputs"]) == ["object_1", "object_2"]
    whole = levels(ASTRONAUT)
    for one in step["objects"]:
        left, top, right, bottom = (one["box"][edge] for edge in BOX)
        made = levels(picture_in({"success": True, **answer["outputs"][one["name"]]}))
        assert np.array_equal(made, whole[top:bottom, left:right])
    assert np.array_equal(levels(picture_in(answer)), whole)


def test_parts_that_are_given_count_too_with_what_is_around() -> None:
    answer = cropped(to=[BOX, "all"], margin="25%")
    sizes = [one["metadata"] for one in answer["outputs"].values()]
    assert [(one["width"], one["height"]) for one in sizes] == [(60, 40), (100, 80)]
    assert answer["outputs"]["object_1"]["transform"][4:] == [0, 10]


def test_steps_that_follow_are_done_to_each() -> None:
    answer = cropped({"resize": {"width": 10}}, to=[BOX, "all"])
    assert [one["metadata"]["width"] for one in answer["outputs"].values()] == [10, 10]
    assert answer["metadata"]["width"] == 10


def test_no_more_than_wanted_or_allowed() -> None:
    assert len(cropped(to=[BOX] * 5, max=2)["outputs"]) == 2
    many = cropped(to=[BOX] * 30, max=30)
    assert (many["code"], many["path"]) == ("invalid_parameter", "operations")


def test_nothing_found_is_told() -> None:
    answer = cropped(to="faces")
    assert [one["code"] for one in answer["warnings"]] == ["no_objects"]
    assert "outputs" not in answer


def test_they_are_written_as_the_output_says_or_as_jpeg() -> None:
    step = {"crop_objects": {"to": BOX}}
    as_webp = answered(noise((99, 80)), step, output={"format": "WEBP"})
    assert as_webp["outputs"]["object_1"]["metadata"]["format"] == "WEBP"
    payload = {"output": None, "outputs": {"small": {"format": "PNG"}}}
    beside = answered(noise((99, 80)), step, **payload)
    assert beside["outputs"]["object_1"]["metadata"]["format"] == "JPEG"
    assert list(beside["outputs"]) == ["object_1", "small"]


@pytest.mark.parametrize(
    ("operations", "more", "path"),
    [
        ([{"crop_objects": {"to": BOX}}] * 2, {}, "operations[1]"),
        ([], {"outputs": {"a": {"operations": [{"crop_objects": {"to": BOX}}]}}},
         "outputs.a.operations[0]"),
        ([{"crop_objects": {"to": BOX}}], {"outputs": {"object_9": {}}}, "outputs.object_9"),
        ([{"crop_objects": {"to": BOX}}, {"redact": {"regions": BOX}}], {}, "operations[1]"),
        ([{"crop_objects": {"to": BOX}}],
         {"output": {"delivery": {"put": "https://example.com/one"}}}, "output.delivery"),
    ],
)  # fmt: skip
def test_what_has_no_place_is_refused(
    operations: list[Any], more: dict[str, Any], path: str
) -> None:
    answer = answered(noise((100, 80)), *operations, **more)
    assert (answer["code"], answer["path"]) == ("invalid_parameter", path)


def test_what_was_redacted_before_is_in_no_result() -> None:
    answer = answered(
        noise((100, 80)), {"redact": {"regions": "all", "method": "fill"}},
        {"crop_objects": {"to": BOX}},
    )  # fmt: skip
    assert levels(picture_in({"success": True, **answer["outputs"]["object_1"]})).max() == 0
