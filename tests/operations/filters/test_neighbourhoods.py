"""Filters of neighbourhoods and cells against scipy and numpy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image
from scipy.ndimage import maximum_filter, median_filter, minimum_filter
from skimage.filters import scharr, sobel

from image_worker.errors import ImageWorkerError
from tests.operations.filters.filtering import CAT, PICTURES, cutout, filtered, luma_of
from tests.pictures import furthest, levels, noise

RANKS = {"median": median_filter, "dilate": maximum_filter, "erode": minimum_filter}
pictures = pytest.mark.parametrize("image", PICTURES.values(), ids=PICTURES)


@pictures
@pytest.mark.parametrize("size", [3, 7, 31])
@pytest.mark.parametrize("name", RANKS)
def test_ranks_are_those_of_scipy(name: str, size: int, image: Image.Image) -> None:
    original = levels(image)
    window = (size, size) if original.ndim == 2 else (size, size, 1)
    expected = RANKS[name](original, size=window, mode="nearest")
    assert furthest(filtered(image, name, size=size), expected) == 0


@pytest.mark.parametrize("name", RANKS)
def test_a_neighbourhood_larger_than_the_picture(name: str) -> None:
    image = noise((5, 3))
    expected = RANKS[name](levels(image), size=(31, 31, 1), mode="nearest")
    assert furthest(filtered(image, name, size=31), expected) == 0


def test_dilating_grows_what_can_be_seen_and_eroding_shrinks_it() -> None:
    alpha = levels(cutout())[..., 3]
    for name, rank in (("dilate", maximum_filter), ("erode", minimum_filter)):
        dark, bright = (filtered(cutout(hidden), name, size=5) for hidden in (0, 255))
        assert furthest(dark[..., 3], rank(alpha, size=5)) == 0
        seen = dark[..., 3] > 0
        assert furthest(dark[seen], bright[seen]) == 0
    assert furthest(filtered(cutout(), "median", size=5)[..., 3], alpha) == 0


def cells(planes: np.ndarray, side: int) -> np.ndarray:
    means = np.empty(planes.shape)
    for top in range(0, planes.shape[0], side):
        for left in range(0, planes.shape[1], side):
            place = np.s_[top : top + side, left : left + side]
            means[place] = planes[place].mean(axis=(0, 1))
    return means


@pictures
@pytest.mark.parametrize(
    ("size", "side"), [(16, 16), (7, 7), ("10%", 18), ("100vmax", 240), (5000, 240)]
)
def test_cells_have_the_mean_of_their_pixels(
    size: int | str, side: int, image: Image.Image
) -> None:
    difference = np.abs(filtered(image, "pixelate", size=size) - cells(levels(image), side))
    assert difference.max() <= 0.51


def test_cells_of_one_pixel_change_nothing() -> None:
    assert furthest(filtered(CAT, "pixelate", size=1), levels(CAT)) == 0
    tiny = noise((3, 2))
    assert furthest(filtered(tiny, "pixelate", size="1%"), levels(tiny)) == 0


def test_cells_weigh_colours_by_how_much_can_be_seen() -> None:
    dark, bright = (filtered(cutout(hidden), "pixelate", size=9) for hidden in (0, 255))
    seen = dark[..., 3] > 0
    assert furthest(dark[seen], bright[seen]) == 0
    assert np.abs(dark[..., 3] - cells(levels(cutout())[..., 3], 9)).max() <= 0.51


@pictures
@pytest.mark.parametrize(("method", "reference"), [("sobel", sobel), ("scharr", scharr)])
def test_gradients_are_those_of_scikit_image(
    method: str, reference: Any, image: Image.Image
) -> None:
    # There the two directions are averaged; here their length counts. And a luma in the middle of
    # two levels may go either way.
    expected = np.minimum(255, reference(luma_of(image).astype(float)) * 2**0.5)
    difference = np.abs(filtered(image, "edges", method=method) - expected)[1:-1, 1:-1]
    assert difference.max() <= 1.2
    assert difference.mean() <= 0.26


@pytest.mark.parametrize("sigma", [0.7, 1.4, 3, 10])
def test_canny_draws_a_step_as_one_line_as_bright_as_it_is_high(sigma: float) -> None:
    image = Image.new("L", (80, 40), 30)
    image.paste(230, (41, 0, 80, 40))
    lines = filtered(image, "edges", method="canny", sigma=sigma)
    assert lines[20].argmax() in {40, 41}
    assert (lines[20] > 0).sum() == 1
    assert abs(lines[20].max() - 200) <= 3


def test_edges_are_grey_and_keep_transparency() -> None:
    found = filtered(cutout(), "edges", sigma=1)
    assert found.shape[2] == 2
    assert furthest(found[..., 1], levels(cutout())[..., 3]) == 0
    assert filtered(Image.new("RGB", (20, 20), "teal"), "edges", method="canny").max() == 0


@pytest.mark.parametrize(
    ("name", "parameters", "said"),
    [
        ("median", {"size": 4}, "odd number of pixels"),
        ("median", {"size": 1}, "at least 3"),
        ("dilate", {"size": 33}, "at most 31"),
        ("erode", {"size": "3"}, "whole number"),
        ("erode", {"side": 3}, 'did you mean "size"?'),
        ("pixelate", {"size": 0}, "whole number of pixels from 1"),
        ("edges", {"method": "prewitt"}, "'sobel'"),
        ("edges", {"sigma": 20}, "at most 10"),
    ],
    ids=str,
)
def test_what_is_out_of_range_is_refused(name: str, parameters: dict[str, Any], said: str) -> None:
    with pytest.raises(ImageWorkerError) as refused:
        filtered(noise((8, 8)), name, **parameters)
    assert said in refused.value.message
