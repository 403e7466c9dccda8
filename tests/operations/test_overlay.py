"""Overlays: what is laid, where, and how."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from image_worker.errors import InvalidParameterError
from tests.job.making import encoded, picture_in, step, text_of
from tests.operations.laying import KINDS, Inputs, answered, done, flat, named, pixels
from tests.operations.moving import levels, made
from tests.pictures import gradient, photograph
from tests.pictures import levels as levels_of

WHITE = flat((255, 255, 255))
RED = flat((255, 0, 0), 10, 6)
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10">'
    '<rect width="10" height="10" fill="blue"/></svg>'
)


def changed(result: np.ndarray, base: np.ndarray = WHITE) -> tuple[int, int, int, int]:
    """Return the box around all pixels that differ from the base."""
    differs = (result[..., : base.shape[2]] != base).any(axis=2)
    down, across = np.flatnonzero(differs.any(1)), np.flatnonzero(differs.any(0))
    return int(across[0]), int(down[0]), int(across[-1]) + 1, int(down[-1]) + 1


def laid(base: np.ndarray = WHITE, over: np.ndarray = RED, **parameters: Any) -> np.ndarray:
    return pixels("overlay", base, inputs=Inputs(red=over), **{"image": named("red"), **parameters})


@pytest.mark.parametrize(
    ("parameters", "box"),
    [
        ({}, (50, 34, 60, 40)),
        ({"gravity": "top-left"}, (0, 0, 10, 6)),
        ({"gravity": "center"}, (25, 17, 35, 23)),
        ({"x": 3, "y": 2}, (47, 32, 57, 38)),
        ({"gravity": "top-left", "x": "10%", "y": "10%"}, (6, 4, 16, 10)),
        ({"gravity": "top-right", "x": 3, "y": 2}, (47, 2, 57, 8)),
        ({"gravity": "left", "x": 3, "y": 2}, (3, 19, 13, 25)),
        ({"x": -4}, (54, 34, 60, 40)),
        ({"width": "50%"}, (30, 22, 60, 40)),
        ({"height": 12}, (40, 28, 60, 40)),
        ({"width": 30, "height": 12}, (40, 28, 60, 40)),
        ({"width": 30, "height": 12, "fit": "fill"}, (30, 28, 60, 40)),
        ({"width": 30, "height": 12, "fit": "cover"}, (30, 28, 60, 40)),
        ({"width": 30, "height": 12, "fit": "outside"}, (30, 22, 60, 40)),
        ({"width": 30, "height": 12, "fit": "contain"}, (35, 28, 55, 40)),
        ({"rotate": 90, "gravity": "top-left"}, (0, 0, 6, 10)),
        ({"gravity": {"left": 0, "top": 0, "right": 20, "bottom": 20}}, (5, 7, 15, 13)),
    ],
)
def test_it_lies_where_it_should(parameters: dict[str, Any], box: tuple[int, ...]) -> None:
    result = laid(**parameters)
    assert changed(result) == box
    left, top, right, bottom = box
    assert (result[top:bottom, left:right] == [255, 0, 0]).all()


@pytest.mark.parametrize("gravity", ["top-left", "center", "bottom-right"])
def test_one_that_is_larger_than_the_picture_is_cut(gravity: str) -> None:
    over = levels_of(gradient((100, 90))).astype(np.uint8)
    result = laid(over=over, gravity=gravity)
    start = {"top-left": (0, 0), "center": (20, 25), "bottom-right": (40, 50)}[gravity]
    assert np.array_equal(result, over[start[1] : start[1] + 40, start[0] : start[0] + 60])


@pytest.mark.parametrize("parameters", [{"x": -10}, {"x": 5000}, {"y": "-100%"}, {"opacity": 0}])
def test_one_that_cannot_be_seen_changes_nothing(parameters: dict[str, Any]) -> None:
    assert np.array_equal(laid(**parameters), WHITE)


@pytest.mark.parametrize("over", KINDS)
@pytest.mark.parametrize("base", KINDS)
def test_kinds_of_pictures(base: str, over: str) -> None:
    below, above = ((10, 20, 30, 255), (200, 100, 50, 255))
    bands = {1: slice(0, 1), 2: [0, 3], 3: slice(0, 3), 4: slice(0, 4)}
    result = laid(
        flat(tuple(np.array(below)[bands[KINDS[base]]])),
        flat(tuple(np.array(above)[bands[KINDS[over]]]), 10, 6),
    )
    alike = KINDS[base] if KINDS[over] <= 2 else KINDS[base] + 2 * (KINDS[base] <= 2)
    assert result.shape[2] == alike
    expected = (200, 100, 50) if KINDS[over] > 2 else (200, 200, 200)
    assert result[39, 59, 0] == expected[0]
    if alike >= 3:
        assert tuple(result[39, 59, :3]) == expected
    if alike in {2, 4}:
        assert result[..., -1].min() == 255


def test_opacity_mixes() -> None:
    assert laid(opacity=0.5)[39, 59].tolist() == [255, 127, 127]


def test_turning_is_clockwise_and_keeps_colours_at_the_edge() -> None:
    over = flat((255, 0, 0, 255), 40, 4)
    result = laid(over=over, rotate=30, gravity="center")
    reds = result[..., 1] < 128
    assert reds[22:, 42:].any()
    assert reds[:18, :18].any()
    assert not reds[:18, 42:].any()
    assert not reds[22:, :18].any()
    assert result[..., 0].min() >= 254


def test_tiles_cover_everything_and_pass_through_the_place_of_the_first() -> None:
    over = levels_of(gradient((10, 6))).astype(np.uint8)
    result = laid(over=over, tile=True, gravity="top-left", x=3, y=2)
    assert np.array_equal(result, np.roll(np.tile(over, (8, 8, 1)), (2, 3), (0, 1))[:40, :60])


def test_tiles_with_gaps_in_every_second_row_moved() -> None:
    result = laid(tile={"gap": 10, "stagger": "50%"}, gravity="top-left")
    red = result[..., 1] == 0
    assert np.flatnonzero(red[0])[:12].tolist() == [*range(10), 20, 21]
    assert np.flatnonzero(red[16])[:12].tolist() == [*range(10, 20), 30, 31]
    assert not red[6:16].any()


def test_a_shadow_lies_behind_and_beside() -> None:
    result = laid(gravity="top-left", x=10, y=10, shadow={"x": 5, "y": 3, "blur": 0, "opacity": 1})
    assert changed(result) == (10, 10, 25, 19)
    assert result[18, 24].tolist() == [0, 0, 0]
    assert result[15, 19].tolist() == [255, 0, 0]


def test_a_soft_shadow_fades() -> None:
    result = laid(gravity="center", shadow={"y": 0, "blur": 6, "color": "blue"})
    beside = result[20, 36:46, 0]
    assert (np.diff(beside) >= 0).all()
    assert beside[0] < 230
    assert beside[-1] >= 254
    assert result[..., 2].min() >= 0


def test_a_colour_covers_everything_by_itself() -> None:
    assert pixels("overlay", WHITE, color="#ff000080")[0, 0].tolist() == [255, 127, 127]
    result = pixels("overlay", WHITE, color="teal", width="50%")
    assert changed(result) == (15, 0, 45, 40)


def test_a_gradient_is_that_of_css() -> None:
    stops = [[0, "black"], [0.5, [255, 0, 0]], [1, "rgb(0 0 255 / 0%)"]]
    result = pixels(
        "overlay", flat((0, 255, 0), 100, 3), gradient={"direction": 90, "stops": stops}
    )
    place = (np.arange(100) + 0.5) / 100
    first = np.minimum(1, place * 2) * 255
    rest = np.clip((place - 0.5) * 2, 0, 1)
    red = np.where(place < 0.5, first, 255 * (1 - rest))
    expected = np.stack([red, 255 * rest, 0 * place], axis=1)
    assert np.abs(result[1] - expected).max() <= 1.1


def test_text_is_drawn_in_its_colour_and_a_grey_picture_stays_grey() -> None:
    text = {"content": "&<>", "size": 20, "color": "black"}
    result = pixels("overlay", flat((255,), 100, 50), text=text)
    assert result.shape[2] == 1
    assert result.min() < 20
    coloured = pixels("overlay", flat((255,), 100, 50), text={**text, "color": "red"})
    assert coloured.shape[2] == 3
    assert coloured[..., 0].min() == 255


def test_text_has_a_stroke_and_a_plate() -> None:
    text = {"content": "HI", "size": 30, "color": "white", "font": "sans bold"}
    plain = pixels("overlay", flat((128, 128, 128), 100, 50), text=text, gravity="center")
    stroke = {**text, "stroke": {"color": "red", "width": 3}}
    lined = pixels("overlay", flat((128, 128, 128), 100, 50), text=stroke, gravity="center")
    one, other = (changed(result, flat((128, 128, 128), 100, 50)) for result in (plain, lined))
    assert [b - a for a, b in zip(one, other, strict=True)] == pytest.approx([-3, -3, 3, 3], abs=1)
    assert ((lined == [255, 0, 0]).all(2)).sum() > 100
    assert ((lined == [255, 255, 255]).all(2)).sum() > 100
    plate = {**text, "background": "navy", "padding": 5}
    backed = pixels("overlay", flat((128, 128, 128), 100, 50), text=plate, gravity="center")
    box = changed(backed, flat((128, 128, 128), 100, 50))
    assert [b - a for a, b in zip(one, box, strict=True)] == pytest.approx([-5, -5, 5, 5], abs=1)
    assert backed[box[1], box[0]].tolist() == [0, 0, 128]


@pytest.mark.parametrize("content", ["", "  ", "\n"])
def test_empty_text_changes_nothing(content: str) -> None:
    text = {"content": content, "background": "red", "padding": 5}
    assert np.array_equal(pixels("overlay", WHITE, text=text), WHITE)


def test_an_svg_is_drawn_at_the_size_that_it_has() -> None:
    result = pixels("overlay", WHITE, inputs=Inputs(), svg=SVG, width=30)
    assert changed(result) == (30, 10, 60, 40)
    assert (result[10:, 30:] == [0, 0, 255]).all()


def test_an_svg_needs_the_setting() -> None:
    image = photograph(size=(60, 40))
    refused = answered(image, step("overlay", svg=SVG))
    assert refused["code"] == "unsupported_format"
    assert '"svg"' in refused["error"]
    assert answered(image, step("overlay", svg=SVG), svg=True)["success"]
    for wrong in ("", "hello", "<svg", "GIF89a"):
        answer = answered(image, step("overlay", svg=wrong), svg=True)
        assert answer["code"] in {"unsupported_format", "image_corrupt", "empty_image"}, answer


def test_every_frame_of_an_animation_gets_it() -> None:
    frames = [flat((level, level, level)) for level in (0, 100, 200)]
    result = done("overlay", *frames, inputs=Inputs(red=RED), image=named("red"), shadow={})
    for index in range(3):
        assert levels(result, index)[39, 59].tolist() == [255, 0, 0]
        assert levels(result, index)[0, 0].tolist() == frames[index][0, 0].tolist()


def test_cutting_blends_give_an_opaque_picture_transparency() -> None:
    inside = laid(blend="dest-in", gravity="center")
    assert inside.shape[2] == 4
    assert inside[..., 3].sum() == 255 * 60
    assert laid(blend="dest-out", gravity="center")[..., 3].sum() == 255 * (2400 - 60)
    assert laid(blend="dest-in", x=-50)[..., 3].max() == 0


def test_a_region_and_an_amount_limit_it() -> None:
    image = photograph(size=(60, 40))
    where = {"left": 0, "top": 0, "right": 30, "bottom": 40}
    answer = answered(image, {**step("overlay", color="red"), "where": where, "amount": 0.5})
    result, before = levels_of(picture_in(answer)), levels_of(image)
    assert np.array_equal(result[:, 30:], before[:, 30:])
    half = np.dstack([before[..., 0] / 2 + 127.5, before[..., 1] / 2, before[..., 2] / 2])
    assert np.abs(result[:, :30] - half[:, :30]).max() <= 1.5


def test_a_source_may_have_operations_of_its_own_with_conditions() -> None:
    logo = {"base64": text_of(encoded(photograph(size=(80, 80))))}
    own = [{"resize": {"width": 8}, "when": {"width": {">": 40}}}]
    answer = answered(photograph(size=(60, 40)), step("overlay", image={**logo, "operations": own}))
    assert changed(levels_of(picture_in(answer)), levels_of(photograph(size=(60, 40))))[0] >= 52


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"color": "red", "text": {"content": "x"}},
        {"text": {"content": "x"}, "width": 10},
        {"text": {"content": "x\x00"}},
        {"text": {"content": "x" * 5001}},
        {"text": {"content": "x", "font": "@evil; 'x'"}},
        {"color": "red", "opacity": 2},
        {"color": "red", "blend": "normal"},
        {"color": "red", "rotate": 361},
        {"gradient": {"stops": [[0, "red"]]}},
        {"gradient": {"stops": [[1, "red"], [0, "blue"]]}},
        {"gradient": {"stops": [[0, "red"], [2, "blue"]]}},
        {"gradient": {"stops": [[0, "red"], [1, "reddish"]]}},
        {"color": "red", "tile": {"gapp": 1}},
    ],
)
def test_what_means_nothing_is_refused(parameters: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        made("overlay", **parameters)


def test_a_blur_that_costs_too_much_is_refused() -> None:
    with pytest.raises(InvalidParameterError, match="500"):
        laid(shadow={"blur": 600})
