"""Boxes of a picture, against numpy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from image_worker import process
from image_worker.errors import ImageWorkerError, InvalidParameterError
from image_worker.fields import Size
from tests.operations.moving import (
    MODES,
    SHAPES,
    check_followed,
    codes,
    levels,
    made,
    moved,
    numbered,
    picture,
)  # fmt: skip
from tests.pictures import apart, encoded, photograph
from tests.pictures import levels as file_levels

if TYPE_CHECKING:
    from image_worker.picture import Picture

START = numbered(200, 100)
EDGE = st.one_of(st.none(), st.integers(-10, 120), st.integers(-10, 120).map(lambda at: f"{at}%"))
SIDE = st.one_of(st.none(), st.integers(1, 120), st.integers(1, 120).map(lambda at: f"{at}%"))
FACE = {"left": 80, "top": 20, "right": 120, "bottom": 60}
"""A box of 40x40 around 100, 40."""


def box_of(result: Picture) -> tuple[int, ...]:
    return tuple(dict(result.details)["box"])


def cut(**parameters: Any) -> Picture:
    result = moved(picture(START), "crop", **parameters)
    left, top, right, bottom = box_of(result)
    assert np.array_equal(levels(result), START[top:bottom, left:right])
    check_followed(START, result)
    return result


@pytest.mark.parametrize(
    ("parameters", "box"),
    [
        ({}, (0, 0, 200, 100)),
        ({"left": 10, "top": 20, "right": 110, "bottom": 70}, (10, 20, 110, 70)),
        ({"left": "10%", "bottom": "50%"}, (20, 0, 200, 50)),
        ({"left": "10vmin", "right": "90vmin"}, (10, 0, 90, 100)),
        # A size, placed by gravity.
        ({"width": 100, "height": 50}, (50, 25, 150, 75)),
        ({"width": 101, "height": 51}, (49, 24, 150, 75)),
        ({"width": "50%", "height": "50%", "gravity": "south-east"}, (100, 50, 200, 100)),
        ({"width": 100, "height": 50, "gravity": "30% 20%"}, (30, 10, 130, 60)),
        ({"width": 100, "height": 50, "gravity": FACE}, (50, 15, 150, 65)),
        ({"width": 60, "gravity": "left"}, (0, 0, 60, 100)),
        # A size from an edge on.
        ({"left": 10, "top": 20, "width": 30, "height": 40}, (10, 20, 40, 60)),
        ({"right": 110, "bottom": "60%", "width": 30, "height": 40}, (80, 20, 110, 60)),
        ({"left": 10, "width": 30, "height": 40, "gravity": "bottom"}, (10, 60, 40, 100)),
        # Proportions: the largest box inside.
        ({"aspect": "1:1"}, (50, 0, 150, 100)),
        ({"aspect": 1, "gravity": "right"}, (100, 0, 200, 100)),
        ({"aspect": 4}, (0, 25, 200, 75)),
        ({"aspect": "16:9"}, (11, 0, 189, 100)),  # 177.8
        ({"aspect": "1:1", "left": 100}, (100, 0, 200, 100)),
        ({"aspect": "1:1", "left": 150}, (150, 25, 200, 75)),
        ({"aspect": "2:1", "width": 50}, (75, 37, 125, 62)),
        ({"aspect": "2:1", "height": 30, "gravity": "top-left"}, (0, 0, 60, 30)),
        # Within the edges, gravity still speaks of the picture: the face is at 100, 40.
        (
            {"aspect": "1:1", "left": 60, "top": 10, "bottom": 50, "gravity": FACE},
            (80, 10, 120, 50),
        ),
        # Around something.
        ({"to": FACE}, (80, 20, 120, 60)),
        ({"to": FACE, "margin": 10}, (70, 10, 130, 70)),
        ({"to": FACE, "margin": "5%"}, (70, 15, 130, 65)),
        ({"to": FACE, "zoom": 2}, (90, 30, 110, 50)),
        ({"to": FACE, "zoom": 0.5}, (60, 0, 140, 80)),
        ({"to": FACE, "zoom": 0.8, "margin": 5}, (70, 10, 130, 70)),
        ({"to": FACE, "aspect": "2:1"}, (60, 20, 140, 60)),
        ({"to": FACE, "aspect": "1:2"}, (80, 0, 120, 80)),
        ({"to": FACE, "aspect": "2:1", "margin": 10}, (40, 10, 160, 70)),
        # Moved into the picture, where it is large enough.
        ({"to": {"right": 20, "bottom": 20}, "aspect": "3:1"}, (0, 0, 60, 20)),
        ({"to": {"left": 190, "top": 40, "bottom": 60}, "aspect": "2:1"}, (160, 40, 200, 60)),
        ({"to": [{"right": 20, "bottom": 20}, {"left": 50, "right": 60}]}, (0, 0, 60, 100)),
        ({"to": {"points": [[20, 20], [60, 20], [60, 50], [20, 50]]}}, (20, 20, 60, 50)),
        ({"to": {**FACE, "expand": 5}}, (75, 15, 125, 65)),
    ],
    ids=str,
)
def test_boxes_by_hand(parameters: dict[str, Any], box: tuple[int, int, int, int]) -> None:
    result = cut(**parameters)
    assert box_of(result) == box
    assert codes(result) == []


@pytest.mark.parametrize(
    ("parameters", "box"),
    [
        ({"left": -20, "right": 500}, (0, 0, 200, 100)),
        ({"top": -1, "bottom": 50}, (0, 0, 200, 50)),
        ({"left": 150, "width": 100}, (150, 0, 200, 100)),
        ({"right": 50, "width": 100}, (0, 0, 50, 100)),
        ({"width": 500, "height": 50}, (0, 25, 200, 75)),
        ({"width": "150%"}, (0, 0, 200, 100)),
        ({"to": FACE, "margin": 50}, (30, 0, 170, 100)),
        ({"to": FACE, "zoom": 0.1}, (0, 0, 200, 100)),
        # Too large even for the picture: the largest of those proportions.
        ({"to": FACE, "margin": 40, "aspect": "1:1"}, (50, 0, 150, 100)),
    ],
    ids=str,
)
def test_what_reaches_outside_is_cut_with_a_notice(
    parameters: dict[str, Any], box: tuple[int, int, int, int]
) -> None:
    result = cut(**parameters)
    assert box_of(result) == box
    assert codes(result) == ["crop_clamped"]


@pytest.mark.parametrize(
    "parameters",
    [
        {"left": 200},
        {"right": 0},
        {"left": 50, "right": 50},
        {"left": 60, "right": 40},
        {"bottom": -5},
        {"left": 300, "width": 10},
        {"to": {"left": 300}},
        {"to": "transparent"},
        {"to": {"left": 10, "right": 10}},
        {"width": 10, "height": 10, "gravity": {"x": 201, "y": 0}},
    ],
    ids=str,
)
def test_what_holds_no_pixel_is_refused(parameters: dict[str, Any]) -> None:
    with pytest.raises(InvalidParameterError):
        made("crop", **parameters).run(picture(START))


def test_an_empty_selector_says_so() -> None:
    with pytest.raises(InvalidParameterError, match='the selector in "to" finds nothing'):
        made("crop", to="transparent").run(picture(START))


@pytest.mark.parametrize(
    "parameters",
    [
        {"margin": 5},
        {"zoom": 2},
        {"to": FACE, "left": 5},
        {"to": FACE, "width": 5},
        {"left": 1, "right": 5, "width": 4},
        {"top": 1, "bottom": 5, "height": 4},
        {"width": 5, "height": 5, "aspect": 1},
        {"to": FACE, "zoom": 0.05},
        {"to": FACE, "zoom": 11},
        {"to": FACE, "margin": -1},
        {"width": 0},
        {"aspect": "16/9"},
        {"gravity": "middle"},
        {"to": "nowhere"},
    ],
    ids=str,
)
def test_what_makes_no_sense_is_refused(parameters: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        made("crop", **parameters)


@pytest.mark.parametrize("bands", MODES.values(), ids=MODES)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize(
    "parameters",
    [
        {"width": "50%", "height": "50%", "gravity": "attention"},
        {"aspect": "1:1", "gravity": "entropy"},
        {"aspect": "3:2", "gravity": "transparent"},
        {"to": "all", "margin": 3},
        {"to": {"right": "50%"}, "aspect": "1:1"},
    ],
    ids=str,
)
def test_every_picture(bands: int, shape: tuple[int, int], parameters: dict[str, Any]) -> None:
    before = numbered(*shape, bands)
    check_followed(before, moved(picture(before), "crop", **parameters))


def test_transparency_can_be_cropped_to() -> None:
    before = numbered(60, 40, 4)
    before[10:20, 30:50, 3] = 0
    result = moved(picture(before), "crop", to="transparent")
    assert box_of(result) == (30, 10, 50, 20)
    around = {"mask": {"base64": "aa"}}
    assert made("crop", to="transparent").by_content
    assert made("crop", to=around).by_content
    assert not made("crop", to=FACE).by_content


def test_attention_looks_only_where_it_may() -> None:
    before = np.full((100, 200, 3), 128, np.uint8)
    before[40:64, 20:44] = numbered(24, 24)  # on the left, which the edges leave out
    before[70:80, 150:160] = (255, 0, 0)
    result = moved(picture(before), "crop", left=100, aspect="1:2", gravity="attention")
    left, top, right, bottom = box_of(result)
    assert left >= 100
    assert (top, bottom) == (0, 100)
    assert left <= 155 <= right


@settings(max_examples=150, deadline=None)
@given(
    width=st.integers(1, 90),
    height=st.integers(1, 90),
    edges=st.tuples(EDGE, EDGE, EDGE, EDGE, SIDE, SIDE),
    aspect=st.one_of(st.none(), st.sampled_from(["16:9", "1:1", 0.3])),
)
def test_any_box(width: int, height: int, edges: tuple[Any, ...], aspect: Any) -> None:
    names = ("left", "top", "right", "bottom", "width", "height")
    parameters = {name: edge for name, edge in zip(names, edges, strict=True) if edge is not None}
    before = numbered(width, height)
    try:
        result = moved(picture(before), "crop", aspect=aspect, **parameters)
    except (ImageWorkerError, ValidationError):
        return
    check_followed(before, result)


@settings(max_examples=100, deadline=None)
@given(
    edges=st.tuples(*[st.integers(0, 100)] * 4),
    margin=st.integers(0, 40),
    zoom=st.floats(0.1, 10),
    aspect=st.one_of(st.none(), st.floats(0.1, 10)),
)
def test_any_box_around_something(
    edges: tuple[int, ...], margin: int, zoom: float, aspect: float | None
) -> None:
    box = dict(zip(("left", "top", "right", "bottom"), edges, strict=True))
    if box["left"] >= box["right"] or box["top"] >= box["bottom"]:
        return
    result = cut(to=box, margin=margin, zoom=zoom, aspect=aspect)
    if aspect is not None and not codes(result):
        width, height = result.size
        assert abs(width - height * aspect) <= 0.5 + 0.5 * aspect + 1e-6


@pytest.mark.parametrize(
    "parameters",
    [
        {"aspect": "1:1"},
        {"width": 800, "height": 800, "gravity": "right"},
        {"to": {"left": 160, "top": 160, "right": 960, "bottom": 960}},
    ],
    ids=str,
)
def test_boxes_on_whole_pixels_let_the_decoder_shrink(parameters: dict[str, Any]) -> None:
    crop = made("crop", **parameters)
    assert crop.passes_shrunk(Size(1600, 1200), 8)
    data = encoded(photograph("coffee.png", (1600, 1200)), "JPEG", quality=92)
    steps = [{"crop": parameters}, {"resize": {"width": 95}}]
    fast, exact = (process(data, steps, {"format": "PNG"}, plan=plan) for plan in ("fast", "exact"))
    assert fast.rendered.steps == exact.rendered.steps
    assert apart(file_levels(fast.data), file_levels(exact.data)) <= 1.0


def test_boxes_between_whole_pixels_do_not() -> None:
    assert not made("crop", aspect="1:1").passes_shrunk(Size(1601, 1203), 8)
    assert not made("crop", to={"left": 161, "right": 960}).passes_shrunk(Size(1600, 1200), 8)


@pytest.mark.parametrize(
    "parameters",
    [
        {"aspect": "1:1", "gravity": "attention"},
        {"aspect": "1:1", "gravity": "transparent"},
        {"to": "transparent"},
    ],
    ids=str,
)
def test_what_looks_at_pixels_gets_all_of_them(parameters: dict[str, Any]) -> None:
    assert not made("crop", **parameters).passes_shrunk(Size(1600, 1200), 2)
