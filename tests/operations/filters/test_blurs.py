"""Gaussian blur and what sharpens by it, against scipy and Pillow."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageFilter
from scipy.ndimage import gaussian_filter
from skimage.color import rgb2lab

from image_worker.errors import ImageWorkerError
from tests.operations.filters.filtering import CAT, PICTURES, cutout, filtered, luma_of
from tests.pictures import apart, furthest, levels, noise, photograph


def gaussian(image: Image.Image, sigma: float) -> np.ndarray:
    planes = np.atleast_3d(levels(image)).astype(float)
    blurred = [
        gaussian_filter(planes[..., band], sigma, mode="nearest", truncate=6)
        for band in range(planes.shape[2])
    ]
    return np.dstack(blurred)


# Rounding is 0.5 of it; the rest is the tail that is left out, and for wide ones the cells.
@pytest.mark.parametrize(
    ("sigma", "bound"), [(0.5, 1.0), (1, 1.0), (3, 1.0), (7.9, 1.0), (8, 1.75), (20, 1.5),
                         (60, 1.5), (250, 1.5)],
)  # fmt: skip
@pytest.mark.parametrize("image", PICTURES.values(), ids=PICTURES)
def test_blur_is_a_gaussian(image: Image.Image, sigma: float, bound: float) -> None:
    found = np.atleast_3d(filtered(image, "blur", sigma=sigma))
    difference = np.abs(found - gaussian(image, sigma))
    print("furthest", difference.max(), "mean", difference.mean())
    assert difference.max() <= bound
    assert difference.mean() <= 0.3


@pytest.mark.parametrize("sigma", [2, 30])
def test_a_flat_picture_stays_flat(sigma: float) -> None:
    image = Image.new("RGB", (61, 47), (7, 128, 250))
    assert furthest(filtered(image, "blur", sigma=sigma), levels(image)) == 0


def test_a_wide_blur_of_a_large_file_reads_it_once() -> None:
    image = photograph("coffee.png", (1800, 1201))
    found = filtered(image, "blur", sigma=90)
    assert found.shape == (1201, 1800, 3)
    assert np.abs(found.mean() - levels(image).mean()) < 0.5


@pytest.mark.parametrize("sigma", [1.5, 12])
def test_what_cannot_be_seen_does_not_bleed(sigma: float) -> None:
    dark, bright = (filtered(cutout(hidden), "blur", sigma=sigma) for hidden in (0, 255))
    seen = dark[..., 3] > 0
    assert furthest(dark[seen], bright[seen]) == 0
    alpha = levels(cutout())[..., 3].astype(float)
    expected = gaussian_filter(alpha, sigma, mode="nearest", truncate=6)
    assert np.abs(dark[..., 3] - expected).max() <= 3


@pytest.mark.parametrize("options", [(2, 150, 3), (1, 80, 0), (5, 200, 10), (2, 0, 0)])
@pytest.mark.parametrize("image", [CAT, PICTURES["grey"]], ids=["cat", "grey"])
def test_unsharp_is_near_to_pillows(image: Image.Image, options: tuple[int, int, int]) -> None:
    radius, percent, threshold = options
    found = filtered(image, "unsharp", radius=radius, percent=percent, threshold=threshold)
    expected = levels(image.filter(ImageFilter.UnsharpMask(*options)))
    difference = np.abs(found - expected)
    print("furthest", difference.max(), "mean", difference.mean())
    # Pillow blurs with three boxes, which come near to a Gaussian. Where the difference is just
    # above the threshold for one of both, all of it is added there.
    assert difference.max() <= 12 + (threshold + 1) * percent / 100 * (threshold > 0)
    assert difference.mean() <= 0.6


@pytest.mark.parametrize("image", PICTURES.values(), ids=PICTURES)
def test_unsharp_adds_what_the_blur_took(image: Image.Image) -> None:
    original = np.atleast_3d(levels(image))
    blurred = np.rint(gaussian(image, 3))
    lacking = original - blurred
    expected = np.clip(original + np.trunc(lacking * 1.5), 0, 255)
    expected[np.abs(lacking) <= 3] = original[np.abs(lacking) <= 3]
    found = np.atleast_3d(filtered(image, "unsharp", radius=3))
    # A blur that rounds the other way is one level; times 1.5, or not reaching the threshold.
    assert np.abs(found - expected).max() <= 6
    assert apart(found, expected) <= 0.15


def test_unsharp_takes_no_halo_from_what_cannot_be_seen() -> None:
    dark, bright = (filtered(cutout(hidden), "unsharp") for hidden in (0, 255))
    seen = levels(cutout())[..., 3] > 0
    assert furthest(dark[seen], bright[seen]) == 0
    assert furthest(dark[..., 3], levels(cutout())[..., 3]) == 0


def test_sharpen_with_a_parameter_sharpens_the_lightness_alone() -> None:
    found = filtered(CAT, "sharpen", sigma=1.5)
    image = Image.fromarray(found.astype(np.uint8))
    detail = [
        np.abs(np.diff(rgb2lab(levels(one) / 255), axis=1)).mean(axis=(0, 1))
        for one in (CAT, image)
    ]
    print(detail)
    assert detail[1][0] > 1.5 * detail[0][0]
    assert np.all(detail[1][1:] < 1.25 * detail[0][1:])  # what leaves the gamut is cut


def test_what_is_given_to_sharpen_matters() -> None:
    sharpness = [
        np.abs(
            np.diff(luma_of(Image.fromarray(filtered(CAT, "sharpen", **given).astype(np.uint8))))
        ).mean()
        for given in ({"flat": 0, "jagged": 0}, {"sigma": 2, "flat": 0}, {"sigma": 2, "flat": 1})
    ]
    print(sharpness)
    assert sharpness == sorted(sharpness)
    assert furthest(filtered(CAT, "sharpen", flat=0, jagged=0), levels(CAT)) <= 1
    assert furthest(filtered(CAT, "sharpen", jagged=2), filtered(CAT, "sharpen", sigma=0.5)) == 0
    assert filtered(PICTURES["grey"], "sharpen", sigma=2).ndim == 2


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("blur", {"sigma": 0.2}),
        ("blur", {"sigma": 251}),
        ("blur", {"sigma": True}),
        ("sharpen", {"sigma": 11}),
        ("sharpen", {"flat": -1}),
        ("unsharp", {"radius": 0}),
        ("unsharp", {"percent": -1}),
        ("unsharp", {"threshold": 256}),
        ("unsharp", {"threshold": 1.5}),
    ],
    ids=str,
)
def test_what_is_out_of_range_is_refused(name: str, parameters: dict[str, Any]) -> None:
    with pytest.raises(ImageWorkerError, match="expected"):
        filtered(noise((8, 8)), name, **parameters)
