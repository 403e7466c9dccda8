"""Dominant colours and palettes."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from PIL import Image

from tests.analysis.measuring import fact
from tests.pictures import levels, photograph, quarters


def rgb(color: str) -> np.ndarray:
    return np.array([int(color[at : at + 2], 16) for at in (1, 3, 5)])


def flag(shares: dict[str, int]) -> Image.Image:
    """Return columns of the colours, so many pixels wide."""
    image = Image.new("RGB", (sum(shares.values()), 40))
    left = 0
    for color, width in shares.items():
        image.paste(color, (left, 0, left + width, 40))
        left += width
    return image


FLAG = {"#ff0000": 50, "#fefefe": 25, "#0b2545": 15, "#ffd166": 10}


def test_the_colours_of_flat_art_are_exact_and_ordered_by_share() -> None:
    said = fact(flag(FLAG), "palette")["colors"]
    assert said == [{"color": name, "share": width / 100} for name, width in FLAG.items()]
    assert fact(flag(FLAG), "dominant") == {"color": "#ff0000", "share": 0.5}


def test_fewer_colours_than_there_are_are_merged() -> None:
    said = fact(photograph(), "palette", count=3)["colors"]
    assert len(said) == 3
    assert sum(one["share"] for one in said) == pytest.approx(1, abs=2e-4)


@pytest.mark.parametrize("name", ["chelsea.png", "coffee.png", "rocket.jpg", "astronaut.png"])
def test_the_dominant_colour_is_the_fullest_bin_of_all_pixels(name: str) -> None:
    image = photograph(name)
    bins = Counter(map(tuple, (levels(image).reshape(-1, 3) >> 4).tolist()))
    best = bins.most_common(1)[0][1]
    found = bins[tuple((rgb(fact(image, "dominant")["color"]) >> 4).tolist())]
    assert found > 0.85 * best


@pytest.mark.parametrize("name", ["chelsea.png", "coffee.png", "rocket.jpg", "astronaut.png"])
def test_five_colours_stand_for_a_photograph_almost_as_well_as_those_of_another_program(
    name: str,
) -> None:
    from skimage.color import rgb2lab

    def loss(colours: np.ndarray) -> float:
        pixels = rgb2lab(np.asarray(image.resize((64, 64))).reshape(1, -1, 3))[0]
        lab = rgb2lab(colours.reshape(1, -1, 3).astype(np.uint8))[0]
        apart: np.ndarray = np.linalg.norm(pixels[:, None] - lab, axis=2)
        return float(apart.min(axis=1).mean())

    image = photograph(name)
    ours = np.array([rgb(one["color"]) for one in fact(image, "palette")["colors"]])
    reduced = image.quantize(5, Image.Quantize.MEDIANCUT, kmeans=5).convert("RGB")
    theirs = np.unique(levels(reduced).reshape(-1, 3), axis=0)
    assert loss(ours) < 1.2 * loss(theirs)


def test_swatches_have_the_character_that_their_names_promise() -> None:
    import colorsys

    image = flag({"#d01010": 20, "#8fd0f7": 20, "#5e0d40": 20, "#8a7a70": 20, "#d5cdc8": 20})
    said = fact(image, "palette")["swatches"]
    assert said["vibrant"] == "#d01010"
    assert said["light_vibrant"] == "#8fd0f7"
    assert said["dark_vibrant"] == "#5e0d40"
    assert said["muted"] == "#8a7a70"
    assert said["light_muted"] == "#d5cdc8"
    assert said["dark_muted"] is None
    for name, color in fact(photograph("coffee.png"), "palette")["swatches"].items():
        if color and name.endswith("vibrant"):
            assert colorsys.rgb_to_hls(*(rgb(color) / 255))[2] > 0.34


def test_the_same_picture_has_the_same_palette_and_grey_is_grey() -> None:
    image = photograph("coffee.png")
    assert fact(image, "palette", count=8) == fact(image, "palette", count=8)
    grey = fact(photograph().convert("L"), "palette")["colors"]
    assert all(len(set(rgb(one["color"]).tolist())) == 1 for one in grey)


def test_four_quarters_have_four_colours() -> None:
    said = fact(quarters(), "palette")["colors"]
    assert {one["color"] for one in said} == {"#ff0000", "#008000", "#0000ff", "#ffff00"}
    assert {one["share"] for one in said} == {0.25}
