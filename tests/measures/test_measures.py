"""The measures agree with independent ones."""

from __future__ import annotations

import math

import numpy as np
import pytest
import pyvips
from skimage.color import deltaE_ciede2000, rgb2lab
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from image_worker.measures import REDUCTION, Structure, delta_e, psnr, ssim
from image_worker.picture import luma
from tests.pictures import encoded, photograph

NAMES = ("astronaut.png", "chelsea.png", "coffee.png", "rocket.jpg")


def pair(name: str, quality: int = 40) -> tuple[pyvips.Image, pyvips.Image]:
    before = pyvips.Image.new_from_buffer(encoded(photograph(name)), "").copy_memory()
    after = pyvips.Image.new_from_buffer(before.jpegsave_buffer(Q=quality), "").copy_memory()
    return before, after


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("reduction", [1, 2, 3])
def test_ssim_is_that_of_scikit_image(name: str, reduction: int) -> None:
    before, after = pair(name)
    lights = [
        luma(one).cast("float").shrink(reduction, reduction).numpy() for one in (before, after)
    ]
    theirs = structural_similarity(
        *lights, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=255
    )
    assert ssim(before, after, reduction) == pytest.approx(theirs, abs=1e-5)


def test_half_the_size_is_the_default() -> None:
    before, after = pair("coffee.png")
    assert REDUCTION == 2
    assert ssim(before, after) == ssim(before, after, 2) != ssim(before, after, 1)


def test_one_picture_compares_to_several() -> None:
    before, after = pair("coffee.png")
    _, worse = pair("coffee.png", 10)
    structure = Structure(before)
    assert structure.similarity(before) == pytest.approx(1)
    assert structure.similarity(worse) < structure.similarity(after) < 1


@pytest.mark.parametrize("size", [(1, 1), (3, 40), (11, 11), (12, 30)])
def test_small_pictures_can_be_compared(size: tuple[int, int]) -> None:
    black = pyvips.Image.black(*size)
    assert ssim(black, black) == pytest.approx(1)
    assert ssim(black, (black + 255).cast("uchar")) < 0.1


def test_transparency_counts() -> None:
    red = (pyvips.Image.black(40, 40) + [255, 0, 0, 255]).cast("uchar").copy(interpretation="srgb")
    gone = (pyvips.Image.black(40, 40) + [255, 0, 0, 0]).cast("uchar").copy(interpretation="srgb")
    assert ssim(red, gone) < 0.95
    assert delta_e(red, gone) > 20


@pytest.mark.parametrize("name", NAMES)
def test_psnr_and_colour_difference_are_those_of_scikit_image(name: str) -> None:
    before, after = pair(name)
    theirs = deltaE_ciede2000(*(rgb2lab(one.numpy()) for one in (before, after))).mean()
    assert psnr(before, after) == pytest.approx(
        peak_signal_noise_ratio(before.numpy(), after.numpy()), abs=1e-6
    )
    assert delta_e(before, after) == pytest.approx(theirs, abs=0.05)


def test_the_same_picture_has_no_noise() -> None:
    before, _ = pair("coffee.png")
    assert math.isinf(psnr(before, before))
    assert delta_e(before, before) == 0
    assert np.isclose(ssim(before, before), 1)
