"""Growing and shrinking against scikit-image, and against the areas of circles."""

from __future__ import annotations

import math

import numpy as np
import pytest
import pyvips
from skimage.morphology import dilation, erosion

from image_worker.morphology import grown, softened


def blobs(seed: int = 1) -> np.ndarray:
    mask = np.zeros((70, 90), dtype=np.uint8)
    for x, y in np.random.default_rng(seed).integers(20, 50, (12, 2)):
        mask[y : y + 5, x : x + 7] = 255
    mask[2, 2] = 130
    return mask


def disk(radius: int) -> np.ndarray:
    down, across = np.mgrid[-radius : radius + 1, -radius : radius + 1]
    return (across**2 + down**2 <= (radius + 0.25) ** 2).astype(np.uint8)


@pytest.mark.parametrize("radius", [1, 2, 3, 7, 12, 16])
def test_it_is_the_brightest_pixel_in_a_disk(radius: int) -> None:
    result = grown(pyvips.Image.new_from_array(blobs()), radius).numpy()
    assert np.array_equal(result, dilation(blobs(), disk(radius)))


@pytest.mark.parametrize("radius", [1, 3])
def test_shrinking_is_the_darkest_pixel_in_a_disk(radius: int) -> None:
    mask = blobs() | np.uint8(0)
    result = grown(pyvips.Image.new_from_array(mask), -radius).numpy()
    padded = np.pad(mask, 20, constant_values=255)
    assert np.array_equal(result, erosion(padded, disk(radius))[20:-20, 20:-20])


@pytest.mark.parametrize("radius", [0.5, 2.5, 15.9, 16.1, 40, 100])
def test_a_circle_grows_by_the_radius(radius: float) -> None:
    circle = pyvips.Image.sdf(500, 500, "circle", a=[249.5, 249.5], r=60)
    mask = ((0.5 - circle) * 255 + 0.5).cast("uchar")
    area = grown(mask, radius).avg() / 255 * 500 * 500
    assert math.sqrt(area / math.pi) == pytest.approx(60 + radius, abs=max(0.8, 0.03 * radius))


@pytest.mark.parametrize("radius", [20, 60, 200])
def test_no_speck_is_lost_at_any_radius(radius: int) -> None:
    mask = pyvips.Image.black(900, 900).draw_rect(255, 450, 450, 1, 1)
    result = grown(mask, radius)
    area = (result > 127).avg() / 255 * 900 * 900
    assert math.sqrt(area / math.pi) == pytest.approx(radius, rel=0.06)
    assert (result.width, result.height) == (900, 900)


def test_nothing_and_everything_stay() -> None:
    assert grown(pyvips.Image.black(50, 40), 9).max() == 0
    assert grown(pyvips.Image.black(50, 40).invert(), -9).min() == 255


@pytest.mark.parametrize("sigma", [0.5, 5, 12, 40])
def test_softening_at_a_smaller_size_is_a_gaussian_blur(sigma: float) -> None:
    mask = pyvips.Image.black(400, 300).draw_rect(255, 120, 100, 160, 90, fill=True)
    expected = mask.cast("float").gaussblur(sigma, precision="float", min_ampl=0.01)
    assert (softened(mask, sigma) - expected).abs().max() <= 4
