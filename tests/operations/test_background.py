"""Backgrounds behind transparent pixels."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from tests.operations.laying import Inputs, done, flat, named, pixels
from tests.operations.moving import levels, made
from tests.pictures import gradient, photograph
from tests.pictures import levels as levels_of


def cut_out(alpha: np.ndarray | None = None) -> np.ndarray:
    """Return a photograph with soft transparency: none at the left, opaque at the right."""
    image = levels_of(photograph(size=(60, 40))).astype(np.uint8)
    soft = np.tile(np.linspace(0, 255, 60).astype(np.uint8), (40, 1)) if alpha is None else alpha
    return np.dstack([image, soft])


def upon(picture: np.ndarray, backdrop: np.ndarray) -> np.ndarray:
    share = picture[..., -1:] / 255
    return picture[..., :-1] * share + backdrop * (1 - share)


def test_a_colour_is_laid_under_and_the_picture_is_opaque_then() -> None:
    result = pixels("background", cut_out(), color="teal")
    assert result.shape[2] == 3
    assert np.abs(result - upon(cut_out(), np.array([0, 128, 128]))).max() <= 0.51


def test_a_colour_that_shines_through_leaves_transparency() -> None:
    result = pixels("background", cut_out(), color="#00808080")
    alpha = cut_out()[..., 3] / 255
    assert result.shape[2] == 4
    assert np.abs(result[..., 3] - 255 * (alpha + (1 - alpha) * 128 / 255)).max() <= 1


def test_a_grey_picture_stays_grey_on_grey() -> None:
    grey = cut_out()[..., [0, 3]]
    assert pixels("background", grey, color="white").shape[2] == 1
    assert pixels("background", grey, color="red").shape[2] == 3


@pytest.mark.parametrize("color", ["red", "auto"])
def test_an_opaque_picture_stays_as_it_is(color: str) -> None:
    image = cut_out()[..., :3]
    assert np.array_equal(pixels("background", image, color=color), image)


def test_a_picture_covers_and_is_cropped_around_its_middle() -> None:
    behind = levels_of(gradient((120, 40))).astype(np.uint8)
    image = cut_out(np.zeros((40, 60), dtype=np.uint8))
    result = pixels("background", image, inputs=Inputs(behind=behind), image=named("behind"))
    assert result.shape[2] == 3
    assert np.array_equal(result, behind[:, 30:90])


def test_a_gradient_is_laid_under() -> None:
    stops = [[0, "black"], [1, "white"]]
    image = cut_out(np.zeros((40, 60), dtype=np.uint8))
    result = pixels("background", image, gradient={"direction": "right", "stops": stops})
    expected = (np.arange(60) + 0.5) / 60 * 255
    assert np.abs(result - expected[None, :, None]).max() <= 1


def test_auto_is_the_colour_of_the_edges_or_of_what_can_be_seen() -> None:
    framed = flat((10, 200, 30, 255))
    framed[10:30, 10:50] = (250, 0, 0, 0)
    assert pixels("background", framed, color="auto")[20, 30].tolist() == [10, 200, 30]
    thing = flat((0, 0, 0, 0))
    thing[10:30, 10:40] = (200, 40, 90, 255)
    thing[10:30, 40:50] = (0, 0, 255, 255)
    assert pixels("background", thing, color="auto")[0, 0].tolist() == [200, 40, 90]
    assert pixels("background", flat((9, 9, 9, 0)), color="auto").shape[2] == 3


def test_blur_spreads_the_visible_colours_and_no_hidden_ones() -> None:
    image = flat((0, 255, 0, 0))
    image[:, 30:] = (200, 40, 90, 255)
    result = pixels("background", image, blur=5)
    assert result.shape[2] == 3
    assert np.abs(result - [200, 40, 90]).max() <= 1


def test_blur_is_of_each_frame() -> None:
    frames = [flat((level, level, level, 128)) for level in (0, 200)]
    result = done("background", *frames, blur=3)
    assert [levels(result, index)[0, 0, 0] for index in range(2)] == [0, 200]


@pytest.mark.parametrize(
    "parameters",
    [{}, {"color": "red", "blur": 3}, {"blur": 0}, {"blur": 251}, {"color": "autoo"}],
)
def test_what_means_nothing_is_refused(parameters: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        made("background", **parameters)
