"""Statistics of levels, against numpy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image
from skimage.measure import shannon_entropy

from tests.analysis.measuring import cutout, fact, facts
from tests.pictures import encoded, levels, noise, photograph, quarters


def light(image: Image.Image) -> np.ndarray:
    return np.asarray(image.convert("L")).astype(float)


@pytest.mark.parametrize("name", ["chelsea.png", "coffee.png", "rocket.jpg"])
def test_contrast_and_entropy_are_those_of_the_luma(name: str) -> None:
    image = photograph(name)
    said = facts(image, ["contrast", "entropy"])
    assert said["contrast"] == pytest.approx(light(image).std(), abs=0.02)
    assert said["entropy"] == pytest.approx(shannon_entropy(light(image)), abs=0.02)


def test_stats_are_exact() -> None:
    image = photograph()
    said = fact(image, "stats")
    for name, band in zip("rgb", np.moveaxis(levels(image), 2, 0), strict=True):
        assert said[name]["min"] == band.min()
        assert said[name]["max"] == band.max()
        assert said[name]["mean"] == pytest.approx(band.mean(), abs=1e-4)
        assert said[name]["sd"] == pytest.approx(band.std(), abs=1e-4)


def test_stats_of_grey_and_of_transparency_have_their_own_names() -> None:
    assert set(fact(quarters("L"), "stats")) == {"grey"}
    said = fact(cutout(quarters(), (0, 0, 0)), "stats")
    assert set(said) == {"r", "g", "b", "alpha"}
    assert said["alpha"] == {"min": 0, "max": 255, "mean": 63.75, "sd": pytest.approx(110.4182)}


def test_the_average_is_the_mean_colour() -> None:
    image = photograph()
    mean = levels(image).mean(axis=(0, 1))
    assert fact(image, "average") == "#" + "".join(f"{int(part + 0.5):02x}" for part in mean)
    assert fact(Image.new("L", (5, 5), 18), "average") == "#121212"


COLOUR_FACTS = [
    "average", "clipped", "contrast", "dominant", "entropy", "is_blank", "is_grayscale", "palette",
]  # fmt: skip


@pytest.mark.parametrize("hidden", [(0, 0, 0), (255, 0, 128)])
def test_what_is_hidden_under_transparency_weighs_nothing(hidden: tuple[int, int, int]) -> None:
    inner = quarters(size=(128, 128))
    assert facts(cutout(inner, hidden), COLOUR_FACTS) == facts(inner, COLOUR_FACTS)


def test_a_half_transparent_pixel_weighs_half() -> None:
    pixels = np.array([[[0, 0, 0, 255], [90, 90, 90, 128]]], dtype=np.uint8)
    mean = 90 * 128 / (255 + 128)
    said = facts(Image.fromarray(pixels), ["average", "stats"])
    assert said["average"] == f"#{round(mean):02x}" + f"{round(mean):02x}" * 2
    assert said["stats"]["g"]["mean"] == pytest.approx(mean, abs=1e-3)


def test_clipping_is_the_share_of_black_and_of_white() -> None:
    image = Image.new("L", (10, 10), 128)
    image.paste(0, (0, 0, 10, 1))
    image.paste(255, (0, 8, 10, 10))
    assert fact(image, "clipped") == {"shadows": 0.1, "highlights": 0.2}


@pytest.mark.parametrize(
    ("image", "opaque", "grey", "blank"),
    [
        (quarters("RGB"), True, False, False),
        (quarters("RGBA"), True, False, False),
        (quarters("L"), True, True, False),
        (quarters("L").convert("RGB"), True, True, False),
        (Image.new("RGBA", (9, 9), (255, 0, 0, 254)), False, False, True),
        (Image.new("RGBA", (9, 9), (255, 0, 0, 0)), False, True, True),
        (Image.new("1", (9, 9), 1), True, True, True),
    ],
    ids=["colour", "full alpha", "grey", "grey as RGB", "almost opaque", "transparent", "white"],
)
def test_yes_and_no(image: Image.Image, opaque: bool, grey: bool, blank: bool) -> None:  # noqa: FBT001
    said = facts(image, ["is_opaque", "is_grayscale", "is_blank"])
    assert said == {"is_opaque": opaque, "is_grayscale": grey, "is_blank": blank}


def test_tolerance_decides_what_is_grey_and_blank() -> None:
    almost = Image.fromarray(np.array([[[100, 100, 103], [100, 101, 102]]], dtype=np.uint8))
    assert not fact(almost, "is_grayscale")
    assert fact(almost, "is_grayscale", tolerance=3)
    assert fact(almost, "is_blank")
    assert not fact(almost, "is_blank", tolerance=0)


def test_a_grey_jpeg_is_grey_and_a_flat_one_blank() -> None:
    flat = Image.new("RGB", (64, 64), (200, 30, 60))
    assert fact(encoded(flat, "JPEG", quality=60), "is_blank")
    photo = photograph().convert("L").convert("RGB")
    assert fact(encoded(photo, "JPEG", quality=60), "is_grayscale")


@pytest.mark.parametrize("image", [noise(), photograph(size=(320, 200)), quarters()])
def test_sharpness_is_the_deviation_of_the_laplacian(image: Any) -> None:
    from scipy.ndimage import laplace

    expected = laplace(light(image), mode="nearest").std(ddof=1)
    assert fact(image, "sharpness") == pytest.approx(expected, rel=0.01)


def test_sharpness_falls_with_blur_and_noise_shows() -> None:
    from scipy.ndimage import gaussian_filter

    photo = light(photograph("coffee.png"))
    blurred = gaussian_filter(photo, 4)
    grains = np.random.default_rng(3).normal(0, 8, photo.shape)
    made = [
        Image.fromarray(np.clip(part, 0, 255).round().astype(np.uint8))
        for part in (photo, blurred, blurred + grains)
    ]
    sharp, soft, noisy = (facts(image, ["sharpness", "noise"]) for image in made)
    assert soft["sharpness"] < 5
    assert sharp["sharpness"] > 15
    assert soft["noise"] < 1
    assert noisy["noise"] == pytest.approx(8, rel=0.05)


def test_the_estimate_of_the_noise_is_the_one_of_the_paper() -> None:
    from scipy.signal import convolve2d

    image = photograph(size=(200, 150))
    mask = [[1, -2, 1], [-2, 4, -2], [1, -2, 1]]
    response = np.abs(convolve2d(light(image), mask, mode="valid")).mean()
    assert fact(image, "noise") == pytest.approx(np.sqrt(np.pi / 2) * response / 6, rel=0.01)
