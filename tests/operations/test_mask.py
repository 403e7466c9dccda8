"""Masks against areas and shapes that are drawn with numpy."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from tests.operations.laying import KINDS, Inputs, done, flat, named, pixels
from tests.operations.moving import levels, made

_SAMPLES = 8


def alpha(width: int = 100, height: int = 60, **parameters: Any) -> np.ndarray:
    return pixels("mask", flat((10, 20, 30), width, height), **parameters)[..., 3]


def drawn(width: int, height: int, corners: list[float]) -> np.ndarray:
    """Return a rounded box, sampled many times a pixel; corners clockwise from the upper left."""
    step = (np.arange(width * _SAMPLES) + 0.5) / _SAMPLES
    down = (np.arange(height * _SAMPLES) + 0.5) / _SAMPLES
    x, y = np.meshgrid(step, down)
    inside = np.ones_like(x, dtype=bool)
    for radius, right, bottom in zip(corners, (0, 1, 1, 0), (0, 0, 1, 1), strict=True):
        across = (width - x if right else x) - radius
        below = (height - y if bottom else y) - radius
        inside &= ~((across < 0) & (below < 0) & (np.hypot(across, below) > radius))
    return inside.reshape(height, _SAMPLES, width, _SAMPLES).mean((1, 3)) * 255


@pytest.mark.parametrize(
    ("radius", "corners"),
    [
        (0, [0, 0, 0, 0]),
        (10, [10, 10, 10, 10]),
        ("20%", [12, 12, 12, 12]),
        ("50%", [30, 30, 30, 30]),
        (500, [30, 30, 30, 30]),
        ([20, 0, "10%", 7], [20, 0, 6, 7]),
        ([60, 0, 0, 0], [60, 0, 0, 0]),
        ([60, 60, 0, 0], [50, 50, 0, 0]),
        ("12.5px", [12.5] * 4),
    ],
)
def test_corners_are_round_by_their_radius(radius: Any, corners: list[float]) -> None:
    result = alpha(shape="rounded", radius=radius)
    assert np.abs(result - drawn(100, 60, corners)).max() <= 24
    assert np.abs(result - drawn(100, 60, corners)).mean() < 0.2


@pytest.mark.parametrize("size", [(100, 60), (60, 100), (61, 60), (7, 9), (1, 1), (2, 50)])
def test_a_circle_is_the_largest_in_the_middle(size: tuple[int, int]) -> None:
    result = alpha(*size, shape="circle")
    assert result.sum() / 255 == pytest.approx(math.pi * (min(size) / 2) ** 2, rel=0.02, abs=0.8)
    assert np.array_equal(result, result[::-1])
    assert np.abs(result - result[:, ::-1]).max() <= 1


@pytest.mark.parametrize("size", [(100, 60), (31, 80)])
def test_an_ellipse_touches_all_edges(size: tuple[int, int]) -> None:
    result = alpha(*size, shape="ellipse")
    assert result.sum() / 255 == pytest.approx(math.pi * size[0] * size[1] / 4, rel=0.01)
    assert min(result[0].max(), result[-1].max(), result[:, 0].max(), result[:, -1].max()) > 128


def test_edges_are_soft_over_a_pixel() -> None:
    result = alpha(200, 200, shape="circle")
    soft = (result > 0) & (result < 255)
    assert 300 < soft.sum() < 1100


def test_inverting_turns_it_around() -> None:
    assert np.array_equal(alpha(shape="circle", invert=True), 255 - alpha(shape="circle"))


def test_feathering_fades_inside_of_the_picture() -> None:
    result = alpha(100, 100, shape="rounded", radius=0, feather=10)
    assert result[50, 50] == 255
    assert result[0].max() < 12
    assert result[50, 10] == pytest.approx(128, abs=15)
    assert (np.diff(result[50, :30]) >= 0).all()


def test_a_selector_is_what_stays() -> None:
    result = alpha(to={"left": 10, "top": 20, "right": 30, "bottom": 40})
    assert result.sum() == 255 * 400
    assert result[20:40, 10:30].min() == 255


def test_a_picture_masks_by_its_light_or_its_transparency() -> None:
    light = flat((0, 0, 0), 50, 30)
    light[:, 25:] = 255
    result = alpha(image=named("light"), inputs=Inputs(light=light))
    assert result[:, :40].max() == 0
    assert result[:, 60:].min() == 255
    clear = flat((255, 255, 255, 0), 50, 30)
    assert alpha(image=named("clear"), inputs=Inputs(clear=clear)).max() == 0


@pytest.mark.parametrize("kind", KINDS)
def test_it_multiplies_the_transparency_that_is_there(kind: str) -> None:
    bands = KINDS[kind]
    color = (50, 60, 70, 100)[:bands] if bands > 2 else (50, 100)[:bands]
    result = pixels("mask", flat(color, 40, 40), shape="circle")
    assert result.shape[2] == bands + bands % 2
    assert result[20, 20].tolist() == [*color, *([255] if bands % 2 else [])]
    assert result[0, 0, -1] == 0


def test_a_background_flattens_at_once() -> None:
    result = pixels("mask", flat((250, 250, 250), 40, 40), shape="circle", background="teal")
    assert result.shape[2] == 3
    assert result[0, 0].tolist() == [0, 128, 128]
    assert result[20, 20].tolist() == [250, 250, 250]
    through = pixels("mask", flat((250, 250, 250), 40, 40), shape="circle", background="#00808080")
    assert through[0, 0].tolist() == [0, 128, 128, 128]
    assert through[20, 20].tolist() == [250, 250, 250, 255]


def test_frames_get_the_same_shape() -> None:
    result = done("mask", flat((0, 0, 0)), flat((255, 255, 255)), shape="ellipse")
    assert np.array_equal(levels(result, 0)[..., 3], levels(result, 1)[..., 3])


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"shape": "square"},
        {"shape": "circle", "to": "all"},
        {"shape": "circle", "radius": 3},
        {"shape": "rounded", "radius": [1, 2, 3]},
        {"shape": "rounded", "radius": -1},
        {"to": "all", "feather": -1},
    ],
)
def test_what_means_nothing_is_refused(parameters: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        made("mask", **parameters)
