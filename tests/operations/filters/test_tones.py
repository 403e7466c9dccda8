"""Filters that change tones against Pillow, scikit-image and their formulas."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageOps
from scipy.ndimage import gaussian_filter
from skimage.color import lab2rgb, rgb2lab
from skimage.filters import threshold_otsu

from image_worker.errors import ImageWorkerError
from tests.operations.filters.filtering import (
    CAT,
    GREY,
    PICTURES,
    applied,
    cutout,
    filtered,
    frames,
    luma_of,
)
from tests.pictures import furthest, levels, noise

pictures = pytest.mark.parametrize("image", PICTURES.values(), ids=PICTURES)
GREYS = Image.fromarray(np.tile(np.arange(256, dtype=np.uint8), (4, 1)))


@pictures
def test_invert_is_pillows(image: Image.Image) -> None:
    assert furthest(filtered(image, "invert"), levels(ImageOps.invert(image))) == 0


@pictures
def test_sepia_is_the_matrix_of_css_made_darker_by_so_much_that_nothing_is_cut(
    image: Image.Image,
) -> None:
    matrix = np.array([[0.393, 0.769, 0.189], [0.349, 0.686, 0.168], [0.272, 0.534, 0.131]])
    expected = levels(image.convert("RGB")) @ (matrix / 1.351).T
    assert np.abs(filtered(image, "sepia") - expected).max() <= 0.51
    assert filtered(Image.new("L", (2, 2), 255), "sepia")[0, 0].tolist() == [255, 227, 177]


@pictures
def test_duotone_and_monochrome_go_from_one_colour_to_another(image: Image.Image) -> None:
    # A luma in the middle of two levels may go either way.
    share = luma_of(image)[..., None] / 255
    low, high = np.array([27, 20, 100]), np.array([255, 211, 42])
    found = filtered(image, "duotone", shadows="#1b1464", highlights=[255, 211, 42])
    assert np.abs(found - (low + (high - low) * share)).max() <= 1.4
    assert np.abs(filtered(image, "monochrome", color="#ffd32a") - high * share).max() <= 1.4


def test_duotone_is_near_to_pillows_colorize() -> None:
    expected = ImageOps.colorize(GREY, "#1b1464", "#ffd32a")
    found = filtered(GREY, "duotone", shadows="#1b1464", highlights="#ffd32a")
    assert furthest(found, levels(expected)) <= 1


def test_tint_keeps_lightness_and_takes_the_hue_of_the_colour() -> None:
    teal = rgb2lab(np.array([[[0, 128, 128]]]) / 255)[0, 0]
    lab = rgb2lab(np.repeat(levels(GREYS)[..., None], 3, axis=2) / 255)
    weight = 4 * (lab[..., :1] / 100) * (1 - lab[..., :1] / 100)
    toned = np.dstack([lab[..., :1], weight * teal[1:]])
    expected = np.clip(lab2rgb(toned) * 255, 0, 255)
    found = filtered(GREYS, "tint", color="teal")
    print(np.abs(found - expected).max())
    assert np.abs(found - expected).max() <= 1.5
    assert found[0, 0].tolist() == [0, 0, 0]
    assert found[0, 255].tolist() == [255, 255, 255]


@pictures
@pytest.mark.parametrize("value", [0, 1, 128, 255])
def test_threshold_parts_the_luma(value: int, image: Image.Image) -> None:
    expected = np.where(luma_of(image) >= value, 255, 0)
    assert furthest(filtered(image, "threshold", value=value), expected) == 0


@pictures
def test_otsu_is_that_of_scikit_image(image: Image.Image) -> None:
    luma = luma_of(image)
    expected = np.where(luma > threshold_otsu(luma.astype(np.uint8)), 255, 0)
    assert furthest(filtered(image, "threshold", value="otsu"), expected) == 0


def test_otsu_of_a_flat_picture_is_something() -> None:
    found = filtered(Image.new("RGB", (9, 9), (20, 30, 40)), "threshold", value="otsu")
    assert set(found.flat) <= {0, 255}


@pytest.mark.parametrize("count", [2, 3, 4, 17, 64])
def test_posterize_leaves_so_many_levels_from_black_to_white(count: int) -> None:
    found = filtered(GREYS, "posterize", levels=count)
    expected = np.rint(np.floor(np.arange(256) * count / 256) * 255 / (count - 1))
    assert np.abs(found[0] - expected).max() <= 0.5
    assert len(set(found[0].tolist())) == count
    assert (found[0, 0], found[0, 255]) == (0, 255)


@pictures
@pytest.mark.parametrize(("low", "high"), [(1, 99), (0, 100), (5, 70), (0.5, 99.5)])
def test_normalize_is_pillows_autocontrast(low: float, high: float, image: Image.Image) -> None:
    muted = image.point(lambda step: 60 + step * 100 // 255)
    cutoff = (low, 100 - high)
    expected = levels(ImageOps.autocontrast(muted, cutoff, preserve_tone=True))
    found = filtered(muted, "normalize", low=low, high=high)
    print(furthest(found, expected))
    assert furthest(found, expected) <= 3  # Pillow truncates, and so does its luma
    assert np.abs(found - expected).mean() <= 1


@pictures
def test_equalize_is_near_to_pillows(image: Image.Image) -> None:
    found, expected = filtered(image, "equalize"), levels(ImageOps.equalize(image))
    print(furthest(found, expected))
    assert furthest(found, expected) <= 5  # Pillow divides whole numbers
    cumulative = np.cumsum(np.bincount(levels(GREY).ravel(), minlength=256))
    lowest = cumulative[levels(GREY).min()]
    exact = (cumulative - lowest) * 255 / (cumulative[-1] - lowest)
    assert np.abs(filtered(GREY, "equalize") - exact[levels(GREY)]).max() <= 0.51


@pytest.mark.parametrize("name", ["normalize", "equalize", "clahe"])
@pytest.mark.parametrize("color", [0, 77, 255])
def test_a_flat_picture_has_no_contrast_to_stretch(name: str, color: int) -> None:
    image = Image.new("RGB", (20, 10), (color, color, color))
    changed = filtered(image, name)
    if name == "clahe":
        assert changed.min() == changed.max()
    else:
        assert furthest(changed, levels(image)) == 0


@pytest.mark.parametrize("name", ["normalize", "equalize", "threshold"])
def test_what_cannot_be_seen_is_not_counted(name: str) -> None:
    more = {"value": "otsu"} if name == "threshold" else {}
    dark, bright = (filtered(cutout(hidden), name, **more) for hidden in (0, 255))
    seen = dark[..., -1] > 0
    assert furthest(dark[seen], bright[seen]) == 0
    assert furthest(dark[..., -1], levels(cutout())[..., 3]) == 0
    opaque = filtered(cutout().crop((12, 10, 36, 30)).convert("RGB"), name, **more)
    visible = dark[10:30, 12:36, :-1]
    assert furthest(visible.reshape(opaque.shape), opaque) == 0


@pytest.mark.parametrize("name", ["normalize", "equalize", "threshold"])
def test_all_frames_are_changed_alike(name: str) -> None:
    more = {"value": "otsu"} if name == "threshold" else {}
    dim = CAT.point(lambda step: step // 3)
    bright = CAT.point(lambda step: 150 + step // 3)
    both = applied(frames(dim, bright), name, **more)
    swapped = applied(frames(bright, dim), name, **more)
    assert furthest(both[0], swapped[1]) == 0
    assert both[0].mean() + 50 < both[1].mean()


def test_clahe_brings_out_local_contrast_without_moving_the_colours() -> None:
    faint = CAT.point(lambda step: 100 + step // 8)
    found = filtered(faint, "clahe", window=40, max_slope=4)
    detail = [
        np.hypot(*np.gradient(gaussian_filter(one @ [0.299, 0.587, 0.114], 1))).mean()
        for one in (levels(faint), found)
    ]
    print("contrast grew", detail[1] / detail[0])
    assert 1.5 < detail[1] / detail[0] < 4.5
    before, after = (one - one.mean(axis=2, keepdims=True) for one in (levels(faint), found))
    assert np.abs(before - after).max() < 1
    gentle = filtered(faint, "clahe", window=40, max_slope=1)
    assert np.abs(gentle - levels(faint)).mean() < np.abs(found - levels(faint)).mean()


def test_noise_is_gaussian_grey_and_always_the_same() -> None:
    image = Image.new("RGB", (300, 200), (128, 100, 150))
    found = filtered(image, "noise", sigma=12, seed=7)
    grain = found - levels(image)
    assert np.ptp(grain, axis=2).max() <= 1  # single precision
    assert np.ptp(grain, axis=2).mean() <= 0.001
    assert abs(grain.mean()) < 0.3
    assert abs(grain.std() - 12) < 0.3
    assert furthest(found, filtered(image, "noise", sigma=12, seed=7)) == 0
    assert furthest(found, filtered(image, "noise", sigma=12, seed=8)) > 10
    assert furthest(filtered(image, "noise", sigma=0), levels(image)) == 0
    assert furthest(filtered(cutout(), "noise")[..., 3], levels(cutout())[..., 3]) == 0


def test_each_frame_has_its_own_grain() -> None:
    one, other = applied(frames(CAT, CAT), "noise", seed=2**31 - 1)
    assert furthest(one, other) > 10


@pytest.mark.parametrize(("strength", "radius"), [(0.5, 0.3), (1, 0), (0.2, 0.9), (0, 0.5)])
def test_vignette_is_its_formula(strength: float, radius: float) -> None:
    down, across = np.mgrid[0:180, 0:240]
    far = np.hypot((across - 119.5) / 120, (down - 89.5) / 90) / 2**0.5
    way = np.clip((far - radius) / (1 - radius), 0, None)
    light = 1 - strength * way**2 * (3 - 2 * way)
    found = filtered(CAT, "vignette", strength=strength, radius=radius)
    assert np.abs(found - levels(CAT) * light[..., None]).max() <= 0.51
    assert found[90, 120].tolist() == levels(CAT)[90, 120].tolist()
    assert furthest(filtered(cutout(), "vignette")[..., 3], levels(cutout())[..., 3]) == 0


def test_a_vignette_falls_evenly() -> None:
    found = filtered(Image.new("L", (1600, 3), 200), "vignette", strength=1)[1, 800:]
    assert set(np.diff(found).tolist()) <= {0, -1}


@pytest.mark.parametrize(
    ("name", "parameters", "said"),
    [
        ("monochrome", {}, "expected a value, got none"),
        ("monochrome", {"color": "blurple"}, "expected a CSS colour"),
        ("tint", {"color": "#ff000080"}, "nothing shines through"),
        ("duotone", {"shadows": "red"}, "expected a value, got none"),
        ("threshold", {"value": 256}, 'from 0 to 255, or "otsu"'),
        ("threshold", {"value": "ostu"}, 'from 0 to 255, or "otsu"'),
        ("posterize", {"levels": 1}, "at least 2"),
        ("posterize", {"levels": 65}, "at most 64"),
        ("normalize", {"low": 60, "high": 40}, "expected low < high"),
        ("normalize", {"high": 101}, "at most 100"),
        ("clahe", {"window": 0}, "whole number of pixels from 1"),
        ("clahe", {"max_slope": 101}, "at most 100"),
        ("noise", {"sigma": 129}, "at most 128"),
        ("noise", {"seed": -1}, "at least 0"),
        ("vignette", {"strength": 1.1}, "at most 1"),
        ("vignette", {"radius": 1}, "less than 1"),
    ],
    ids=str,
)
def test_what_is_out_of_range_is_refused(name: str, parameters: dict[str, Any], said: str) -> None:
    with pytest.raises(ImageWorkerError) as refused:
        filtered(noise((8, 8)), name, **parameters)
    print(refused.value.message)
    assert said in refused.value.message
