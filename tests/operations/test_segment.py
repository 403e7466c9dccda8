"""Cutting out one thing: by its box, by points, by its name, by a model's own masks."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest
from pycocotools import mask as coco
from pydantic import ValidationError

from image_worker.errors import InvalidParameterError, TooLittleFoundError
from tests.operations.moving import codes, levels, made, picture
from tests.operations.seen import array, goods, overlap, seeing_with, standing
from tests.pictures import opened, photograph
from tests.vision import graphs

if TYPE_CHECKING:
    from pathlib import Path

    from image_worker.picture import Picture

KNOWN = goods(0, graded=True)
BOX = {"left": 120, "top": 10, "right": 360, "bottom": 350}


def segmented(levels_of: Any, **parameters: Any) -> Picture:
    return made("segment", **parameters).run(picture(levels_of))


def test_a_box_is_cut_out_by_its_colours() -> None:
    result = segmented(KNOWN.levels, box=BOX)
    assert overlap(levels(result)[..., 3], KNOWN.mask) > 0.9
    told = dict(result.details)
    assert told["method"] == "box"
    assert all(abs(told["box"][edge] - BOX[edge]) < 80 for edge in BOX)


def test_nobody_says_anything_and_people_are_meant() -> None:
    known = standing("brick.png", 1)
    result = segmented(known.levels, output="mask")
    assert overlap(levels(result)[..., 0], known.mask) > 0.85
    assert dict(result.details)["model"]["name"] == "selfie"


@pytest.mark.parametrize(
    "prompt",
    [{"box": "object:cat"}, {"classes": ["cat"]}, {"points": [["30%", "40%"], [50, 50]]}],
)
def test_a_cat_is_found_by_each_prompt(prompt: dict[str, Any]) -> None:
    cat = np.asarray(photograph("chelsea.png", (150, 100)))
    mask = levels(segmented(cat, output="mask", **prompt))[..., 0]
    assert mask[20:93, 20:110].mean() > 190
    assert mask[:, 133:].mean() < 10


def test_a_person_by_name_has_the_edge_of_people() -> None:
    mask = levels(segmented(array("astronaut.png"), classes=["person"], output="mask"))[..., 0]
    assert mask[150:170, 200:240].min() > 200
    assert mask[:200, :20].max() == 0


def test_points_beside_everything_find_nothing() -> None:
    with pytest.raises(TooLittleFoundError):
        segmented(array("chelsea.png"), points=[["99%", "1%"]])
    kept = segmented(array("chelsea.png"), points=[["99%", "1%"]], fallback="unchanged")
    assert codes(kept) == ["nothing_segmented"]


def test_a_word_that_the_model_does_not_know() -> None:
    with pytest.raises(InvalidParameterError, match='did you mean "dog"'):
        segmented(array("coffee.png"), classes=["dgo"])


@pytest.mark.filterwarnings("ignore:__array__:DeprecationWarning")  # in pycocotools
def test_the_mask_is_told_in_every_form() -> None:
    told = {
        form: dict(segmented(KNOWN.levels, box=BOX, masks=form).details)["mask"]
        for form in ("rle", "png", "polygon")
    }
    truth = (KNOWN.mask >= 128).astype(np.uint8)
    shape = truth.shape
    assert told["rle"]["size"] == list(shape)
    runs = {**told["rle"], "counts": told["rle"]["counts"].encode()}
    data = base64.b64decode(told["png"].partition(",")[2])
    drawn = np.zeros(shape, np.uint8)
    cv2.fillPoly(drawn, [np.array(line) for line in told["polygon"]], 1)
    for mask in (coco.decode(runs), np.asarray(opened(data)) >= 128, drawn):
        assert overlap(mask * np.uint8(255), truth * 255) > 0.9


def test_a_model_with_masks_gives_its_own(tmp_path: Path) -> None:
    scene = np.full((96, 96, 3), 120, np.uint8)
    scene[20:60, 30:70] = (255, 0, 0)
    data = graphs.yolo(masks=True)
    start = seeing_with(picture(scene), tmp_path, mine=("objects", data))
    result = made("segment", model="mine", classes=["red"], output="mask").run(start)
    truth = np.zeros((96, 96), np.uint8)
    truth[20:60, 30:70] = 255
    assert overlap(levels(result)[..., 0], truth) > 0.8
    with pytest.raises(TooLittleFoundError):
        made("segment", model="mine", classes=["blue"]).run(start)


def test_an_unknown_model_is_named() -> None:
    with pytest.raises(InvalidParameterError, match="nix"):
        segmented(array("coffee.png"), model="nix")


@pytest.mark.parametrize(
    "parameters",
    [
        {"box": "all", "points": [[1, 1]]},
        {"box": "all", "model": "x"},
        {"points": []},
        {"masks": "x"},
    ],
)
def test_what_means_nothing_is_refused(parameters: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        made("segment", **parameters)
