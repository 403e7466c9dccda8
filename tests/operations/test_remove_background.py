"""Removing the background: what is cut out, what is refused, and what is left at the edge."""

from __future__ import annotations

from statistics import fmean
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest
from pydantic import ValidationError

from image_worker.errors import TooLittleFoundError
from image_worker.pixels.cutting import cut
from tests.operations.laying import answered
from tests.operations.moving import codes, levels, made, picture
from tests.operations.seen import (
    SCENES,
    Known,
    array,
    blob,
    goods,
    mask_of,
    mixed,
    overlap,
    person,
    seeing_with,
    standing,
)
from tests.pictures import photograph
from tests.vision import graphs

if TYPE_CHECKING:
    from pathlib import Path

    from image_worker.picture import Picture


def removed(levels_of: Any, **parameters: Any) -> Picture:
    return made("remove_background", **parameters).run(picture(levels_of))


@pytest.mark.parametrize(("share", "bar"), [(1, 0.85), (0.6, 0.75)])
def test_people_are_cut_out_of_scenes(share: float, bar: float) -> None:
    known = [standing(scene, share) for scene in SCENES[::2]]
    assert fmean(overlap(mask_of(each, method="people"), each.mask) for each in known) >= bar


@pytest.mark.parametrize("graded", [False, True])
def test_things_are_cut_out_of_even_grounds(*, graded: bool) -> None:
    known = [goods(number, graded=graded) for number in range(12)]
    assert fmean(overlap(mask_of(each), each.mask) for each in known) >= 0.95


@pytest.mark.parametrize(
    ("levels_of", "method"),
    [(array("astronaut.png"), "people"), (goods(1, graded=True).levels, "flat")],
    ids=["portrait", "goods"],
)
def test_auto_tells_which_method_it_used(levels_of: Any, method: str) -> None:
    told = dict(removed(levels_of).details)
    assert told["method"] == method
    assert told["confidence"] > 0.8
    assert ("model" in told) == (method == "people")


@pytest.mark.parametrize("name", ["chelsea.png", "coffee.png", "rocket.jpg", "brick.png"])
def test_auto_refuses_what_it_does_not_know(name: str) -> None:
    with pytest.raises(TooLittleFoundError, match="neither"):
        removed(array(name))
    kept = removed(array(name), fallback="unchanged")
    assert codes(kept) == ["background_kept"]
    assert np.array_equal(levels(kept), array(name))


def test_people_are_not_made_of_cats() -> None:
    """The network itself takes nearly all of a cat for a person."""
    with pytest.raises(TooLittleFoundError, match="person"):
        removed(array("chelsea.png"), method="people")
    assert removed(array("chelsea.png"), method="people", min_confidence=0).has_alpha


def test_an_uneven_ground_is_not_taken_for_flat() -> None:
    with pytest.raises(TooLittleFoundError, match="even"):
        removed(array("coffee.png"), method="flat")


def test_a_picture_of_nothing_has_no_subject() -> None:
    with pytest.raises(TooLittleFoundError):
        removed(np.full((40, 60, 3), 200, np.uint8))


def test_nothing_is_left_of_what_cannot_be_seen() -> None:
    result = levels(removed(array("astronaut.png")))
    hidden = result[..., 3] == 0
    assert 0.2 < hidden.mean() < 0.8
    assert result[hidden].max() == 0


def test_the_edge_has_the_colours_of_the_subject() -> None:
    """The same cut-out upon another ground: closer to the truth than without."""
    subject, ground, other = (
        np.asarray(photograph(name, (480, 360)))
        for name in ("chelsea.png", "coffee.png", "grass.png")
    )
    mask = cv2.GaussianBlur(blob(2, (480, 360)), (0, 0), 4)
    start = picture(mixed(subject, ground, mask), mask)
    edge, truth = (mask > 10) & (mask < 245), mixed(subject, other, mask).astype(int)
    errors = []
    for decontaminate in (False, True):
        image = cut(*start.frames, decontaminate=decontaminate).numpy()
        laid = mixed(image[..., :3], other, image[..., 3]).astype(int)
        errors.append(np.abs(laid - truth)[edge].mean())
    assert errors[1] < 0.8 * errors[0]


def test_opaque_pixels_keep_their_colours() -> None:
    before, after = array("astronaut.png"), levels(removed(array("astronaut.png")))
    opaque = after[..., 3] == 255
    assert np.array_equal(after[opaque][:, :3], before[opaque])


def test_a_threshold_makes_the_edge_hard() -> None:
    soft = levels(removed(array("astronaut.png")))[..., 3]
    hard = levels(removed(array("astronaut.png"), threshold=0.5))[..., 3]
    assert set(np.unique(hard)) == {0, 255}
    assert np.array_equal(hard == 255, soft >= 128)


@pytest.mark.parametrize("box", [{"left": 130, "top": 20, "right": 350, "bottom": 340}, "all"])
def test_a_box_says_where_the_subject_is(box: Any) -> None:
    known = goods(0, graded=False)
    if box == "all":
        with pytest.raises(TooLittleFoundError):
            removed(known.levels, box=box)
        return
    mask = mask_of(known, box=box)
    assert overlap(mask, known.mask) > 0.9
    assert dict(removed(known.levels, box=box).details)["method"] == "box"


def test_a_named_model_gives_its_own_mask(tmp_path: Path) -> None:
    scene = np.full((96, 96, 3), 120, np.uint8)
    scene[20:60, 30:70] = (255, 0, 0)
    start = seeing_with(picture(scene), tmp_path, mine=("matte", graphs.mask()))
    result = made("remove_background", model="mine", output="mask", min_confidence=0).run(start)
    truth = np.zeros((96, 96), np.uint8)
    truth[20:60, 30:70] = 255
    assert overlap(levels(result)[..., 0], truth) > 0.85
    assert dict(result.details)["model"]["name"] == "mine"


@pytest.mark.parametrize("bands", [1, 2, 4])
def test_every_kind_of_picture(bands: int) -> None:
    known = goods(5, graded=False)
    grey = known.levels.mean(axis=2).round().astype(np.uint8)[..., None]
    alpha = np.full_like(grey, 255)
    alpha[:20] = 0
    kinds: dict[int, Any] = {
        1: grey,
        2: np.dstack([grey, alpha]),
        4: np.dstack([known.levels, alpha]),
    }
    result = removed(kinds[bands], method="flat", min_confidence=0)
    made_of = levels(result)
    assert made_of.shape[2] == (2 if bands < 3 else 4)
    assert overlap(made_of[..., -1], known.mask) > 0.85
    assert bands == 1 or made_of[:20, :, -1].max() == 0


def test_each_frame_is_cut_out_on_its_own() -> None:
    known = [goods(number, graded=False) for number in (1, 2)]
    result = made("remove_background").run(picture(*(each.levels for each in known)))
    for index, each in enumerate(known):
        assert overlap(levels(result, index)[..., 3], each.mask) > 0.95


@pytest.mark.parametrize(
    "parameters",
    [
        {"method": "box"},
        {"method": "model"},
        {"method": "flat", "model": "x"},
        {"box": "all", "model": "x"},
        {"threshold": 2},
    ],
)
def test_what_means_nothing_is_refused(parameters: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        made("remove_background", **parameters)


def test_a_whole_job_with_the_subject_cropped() -> None:
    answer = answered(
        photograph("astronaut.png"),
        {"remove_background": {}},
        {"crop": {"to": "subject", "margin": "3%", "aspect": "1:1"}},
        {"background": {"color": "white"}},
    )
    assert answer["success"], answer
    assert answer["metadata"]["width"] == answer["metadata"]["height"]


def test_the_mask_of_the_portrait_is_whole() -> None:
    assert isinstance(person(), Known)
    assert overlap(mask_of(person()), person().mask) > 0.99
