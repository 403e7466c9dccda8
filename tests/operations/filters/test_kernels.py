"""Filters with small kernels against Pillow, and kernels of one's own against scipy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageFilter
from scipy.ndimage import correlate

from image_worker.errors import ImageWorkerError
from tests.operations.filters.filtering import CAT, PICTURES, cutout, filtered
from tests.pictures import furthest, levels

PILLOW = {
    "blur": ImageFilter.BLUR,
    "sharpen": ImageFilter.SHARPEN,
    "smooth": ImageFilter.SMOOTH,
    "find_edges": ImageFilter.FIND_EDGES,
    "edge_enhance_more": ImageFilter.EDGE_ENHANCE_MORE,
}
HALVES = {"detail": ImageFilter.DETAIL, "smooth_more": ImageFilter.SMOOTH_MORE}
"""Kernels with sums that lie in the middle of two levels, where Pillow goes either way."""
LAPLACE = [[0, -1, 0], [-1, 5, -1], [0, -1, 0]]


@pytest.mark.parametrize("image", PICTURES.values(), ids=PICTURES)
@pytest.mark.parametrize("name", PILLOW)
def test_pillows_kernels_give_the_same_pixels(name: str, image: Image.Image) -> None:
    assert furthest(filtered(image, name), levels(image.filter(PILLOW[name]))) == 0


@pytest.mark.parametrize("image", PICTURES.values(), ids=PICTURES)
@pytest.mark.parametrize("name", HALVES)
def test_the_middle_of_two_levels_is_rounded_up(name: str, image: Image.Image) -> None:
    (across, _), scale, offset, weights = HALVES[name].filterargs
    found = np.atleast_3d(filtered(image, name))
    assert furthest(found, np.atleast_3d(levels(image.filter(HALVES[name])))) <= 1
    kernel = np.reshape(weights, (across, across, 1))
    sums = correlate(np.atleast_3d(levels(image)), kernel)
    inside = np.s_[across // 2 : -(across // 2), across // 2 : -(across // 2)]
    expected = np.clip((2 * sums + scale) // (2 * scale) + offset, 0, 255)
    assert furthest(found[inside], expected[inside]) == 0


@pytest.mark.parametrize("name", ["find_edges", "edge_enhance_more"])
def test_a_kernel_that_does_not_average_leaves_transparency_alone(name: str) -> None:
    image = cutout()
    changed = filtered(image, name)
    assert furthest(changed[..., 3], levels(image)[..., 3]) == 0
    assert furthest(changed[..., :3], levels(image.convert("RGB").filter(PILLOW[name]))) == 0


@pytest.mark.parametrize("name", ["blur", "smooth", "smooth_more"])
def test_what_cannot_be_seen_has_no_part_in_an_average(name: str) -> None:
    dark, bright = (filtered(cutout(hidden), name) for hidden in (0, 255))
    seen = dark[..., 3] > 0
    assert furthest(dark[seen], bright[seen]) == 0
    assert 0 < dark[10, 20, 3] < 255


@pytest.mark.parametrize(
    ("kernel", "scale", "offset"),
    [
        (LAPLACE, None, 0),
        ([[1, 2, 3], [4, 5, 6], [7, 8, 9]], None, 0),
        ([[-2, -1, 0], [-1, 1, 1], [0, 1, 2]], 1, 0),
        ([[0, 1, 0], [1, -4, 1], [0, 1, 0]], None, 128),
        ([[0.5]], None, 10),
        ([[0.3]], 1, 0),
        (np.arange(225).reshape(15, 15).tolist(), None, 0),
        ([[1, 2, 3], [4, 5, 6], [7, 8, 9]], -45, 255),
    ],
    ids=str,
)
@pytest.mark.parametrize("image", PICTURES.values(), ids=PICTURES)
def test_a_kernel_is_laid_on_as_it_is_written(
    kernel: list[list[float]], scale: float | None, offset: float, image: Image.Image
) -> None:
    weights = np.array(kernel, float)
    planes = np.atleast_3d(levels(image)).astype(float)
    by = scale or weights.sum() or 1
    summed = np.dstack(
        [
            correlate(planes[..., band], weights / by, mode="nearest")
            for band in range(planes.shape[2])
        ]
    )
    expected = np.clip(summed + offset, 0, 255)
    more: dict[str, Any] = {} if scale is None else {"scale": scale}
    found = np.atleast_3d(filtered(image, "convolve", kernel=kernel, offset=offset, **more))
    assert np.abs(found - expected).max() <= 0.51


def test_an_averaging_kernel_of_ones_own_mixes_transparency() -> None:
    ones = [[1] * 5] * 5
    dark, bright = (filtered(cutout(hidden), "convolve", kernel=ones) for hidden in (0, 255))
    seen = dark[..., 3] > 0
    assert furthest(dark[seen], bright[seen]) == 0
    assert 0 < dark[10, 20, 3] < 255
    sharper = filtered(cutout(), "convolve", kernel=LAPLACE)
    assert furthest(sharper[..., 3], levels(cutout())[..., 3]) == 0


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({}, "expected a value, got none"),
        ({"kernel": []}, "at least 1 items"),
        ({"kernel": [[1, 2], [3, 4]]}, "odd number of rows, got 2"),
        ({"kernel": [[1, 2, 3], [4, 5, 6], [7, 8]]}, "as many columns as rows"),
        ({"kernel": [[1] * 17] * 17}, "at most 15 items"),
        ({"kernel": [["a"]]}, "expected a number"),
        ({"kernel": [[float("nan")]]}, "finite number"),
        ({"kernel": [[1e9]]}, "at most 1e+06"),
        ({"kernel": [[1]], "scale": 0}, "scale that is not 0"),
        ({"kernel": [[1]], "offset": float("inf")}, "finite number"),
    ],
    ids=str,
)
def test_what_is_no_kernel_is_refused(parameters: dict[str, Any], said: str) -> None:
    with pytest.raises(ImageWorkerError) as refused:
        filtered(CAT, "convolve", **parameters)
    assert said in refused.value.message
