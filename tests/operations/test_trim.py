"""Cutting off edges of background."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.operations.moving import MODES, check_followed, codes, levels, moved, numbered, picture

BOX = (12, 8, 30, 28)
"""Where the content is: left, top, right, bottom."""


def framed(
    bands: int = 3, ground: int = 240, box: tuple[int, int, int, int] = BOX, light: int = 20
) -> np.ndarray:
    """Return content on a ground, 60x40."""
    array = np.full((40, 60, bands), ground, np.uint8)
    left, top, right, bottom = box
    array[top:bottom, left:right] = light
    if bands in {2, 4}:
        array[..., -1] = 255
    return array


def box_after(array: np.ndarray, **parameters: Any) -> tuple[int, ...]:
    result = moved(picture(array), "trim", **parameters)
    check_followed(array, result)
    return tuple(dict(result.details)["box"])


@pytest.mark.parametrize("bands", MODES.values(), ids=MODES)
def test_the_ground_is_cut_off(bands: int) -> None:
    assert box_after(framed(bands)) == BOX


@pytest.mark.parametrize(
    ("parameters", "box"),
    [
        ({"margin": 3}, (9, 5, 33, 31)),
        ({"margin": "10%"}, (6, 4, 36, 32)),  # 6 across, 4 down
        ({"margin": 500}, (0, 0, 60, 40)),
        ({"symmetric": "horizontal"}, (12, 8, 48, 28)),
        ({"symmetric": "vertical"}, (12, 8, 30, 32)),
        ({"symmetric": "both"}, (12, 8, 48, 32)),
        ({"symmetric": "both", "margin": 2}, (10, 6, 50, 34)),
    ],
    ids=str,
)
def test_what_stays_beside_the_content(
    parameters: dict[str, Any], box: tuple[int, int, int, int]
) -> None:
    assert box_after(framed(), **parameters) == box


@pytest.mark.parametrize(("threshold", "found"), [(39, True), (41, False)])
def test_the_threshold_is_in_levels(threshold: float, *, found: bool) -> None:
    result = moved(picture(framed(light=200)), "trim", threshold=threshold)
    assert (result.size == (18, 20)) == found
    assert codes(result) == ([] if found else ["nothing_to_trim"])


def test_the_ground_can_be_named() -> None:
    array = framed(ground=255)
    array[0, 0] = 0  # the corner would mislead
    assert box_after(array, color="white") == BOX
    assert box_after(framed(1, ground=128), color="rgb(128 128 128)") == BOX


@pytest.mark.parametrize("bands", [2, 4])
@pytest.mark.parametrize("hidden", [0, 20, 255])
def test_transparent_pixels_are_ground_whatever_they_hide(bands: int, hidden: int) -> None:
    array = framed(bands, ground=hidden, light=0)
    array[..., -1] = 0
    array[BOX[1] : BOX[3], BOX[0] : BOX[2], -1] = 255
    assert box_after(array) == BOX


def test_transparent_pixels_count_as_the_named_ground_too() -> None:
    array = framed(4, ground=255)
    array[:, 40:, -1] = 0
    array[:, 40:, :3] = 0
    assert box_after(array, color="white") == BOX


@pytest.mark.parametrize("bands", MODES.values(), ids=MODES)
@pytest.mark.parametrize("shape", [(1, 1), (10_000, 3), (50, 40)], ids=str)
def test_a_picture_of_ground_alone_stays(bands: int, shape: tuple[int, int]) -> None:
    array = np.full((shape[1], shape[0], bands), 90, np.uint8)
    result = moved(picture(array), "trim")
    assert np.array_equal(levels(result), array)
    assert codes(result) == ["nothing_to_trim"]


def test_single_pixels_count_in_line_art() -> None:
    array = framed(box=(20, 10, 21, 11))
    assert codes(moved(picture(array), "trim")) == ["nothing_to_trim"]
    assert box_after(array, line_art=True) == (20, 10, 21, 11)


def test_what_any_frame_shows_is_kept_in_all() -> None:
    frames = [framed(box=(5, 5, 15, 15)), framed(box=(40, 20, 50, 30)), framed(box=(0, 0, 0, 0))]
    result = moved(picture(*frames), "trim")
    assert dict(result.details)["box"] == [5, 5, 50, 30]
    assert [frame.width for frame in result.frames] == [45, 45, 45]


@settings(max_examples=60, deadline=None)
@given(
    left=st.integers(0, 50),
    top=st.integers(0, 34),
    width=st.integers(3, 60),
    height=st.integers(3, 40),
)
def test_any_box_is_found(left: int, top: int, width: int, height: int) -> None:
    box = (left, top, min(60, left + width), min(40, top + height))
    array = framed(box=box)
    if left == top == 0:
        return  # then the corner is content
    assert box_after(array, line_art=True) == box


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("sigma", [0, 3, 8])
def test_the_box_is_that_of_libvips(seed: int, sigma: int) -> None:
    random = np.random.default_rng(seed)
    left, top = random.integers(0, 50), random.integers(0, 30)
    array = framed(ground=200, box=(left, top, left + 1 + seed, top + 12), light=140)
    noisy = np.clip(array + random.normal(0, sigma, array.shape), 0, 255).astype(np.uint8)
    start = picture(noisy)
    across, down, width, height = start.image.find_trim(threshold=15, background=[200, 200, 200])
    result = moved(start, "trim", threshold=15, color="rgb(200 200 200)")
    if width and height:
        assert dict(result.details)["box"] == [across, down, across + width, down + height]
    else:
        assert codes(result) == ["nothing_to_trim"]


def test_noise_to_every_edge_stays() -> None:
    array = numbered(50, 40)
    result = moved(picture(array), "trim", line_art=True)
    assert result.size == (50, 40)
    assert codes(result) == []
