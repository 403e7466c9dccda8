"""Measurements against Pillow's modes and numpy's sums."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from image_worker import process
from tests.pictures import encoded, noise, opened, photograph, quarters
from tests.pipeline.awkward import coloured, grey

PLAIN = {
    "L": noise(bands=1),
    "RGB": noise(),
    "RGBA": noise(bands=4),
    "photograph": photograph("coffee.png"),
}
MODES = {
    **coloured(),
    **grey(),
    "PNG 1 bit": encoded(quarters("1")),
    "PNG palette of 2": encoded(quarters().quantize(2)),
    "TIFF 1 bit": encoded(quarters("1"), "TIFF"),
    "TIFF CMYK": encoded(quarters("CMYK"), "TIFF"),
    "TIFF float": encoded(Image.new("F", (9, 9), 0.5), "TIFF"),
    "JPEG CMYK": encoded(quarters("CMYK"), "JPEG"),
    "WEBP RGBA": encoded(quarters("RGBA").resize((9, 9)), "WEBP"),
}
UNKNOWN_TO_PILLOW = {"AVIF", "TIFF LAB", "TIFF float scRGB"}


def measured(data: bytes) -> dict[str, object]:
    return process(data, [], {"format": "JSON"}, analyze=True).analysis


@pytest.mark.parametrize("image", PLAIN.values(), ids=PLAIN)
@pytest.mark.parametrize("output", ["JSON", "PNG"])
def test_histograms_and_brightness_are_numpys(image: Image.Image, output: str) -> None:
    found = process(encoded(image), [], {"format": output}, analyze=True).analysis
    levels = np.asarray(image)
    if image.mode == "L":
        assert found["histograms"] == {"r": [], "g": [], "b": []}
        brightness = levels.mean()
    else:
        for band, name in enumerate("rgb"):
            counts = np.bincount(levels[..., band].ravel(), minlength=256).tolist()
            assert found["histograms"][name] == counts
        brightness = (levels[..., :3] @ np.array([0.299, 0.587, 0.114])).mean()
    assert found["brightness"] == pytest.approx(brightness, abs=1e-6)
    assert found["size"] == list(image.size)


@pytest.mark.parametrize("name", sorted(MODES.keys() - UNKNOWN_TO_PILLOW))
def test_the_mode_is_that_of_the_file(name: str) -> None:
    image = opened(MODES[name])
    found = measured(MODES[name])
    assert found["format"] == image.format
    assert found["mode"] == image.mode


def test_measurements_are_of_all_pixels_though_the_result_is_small() -> None:
    data = encoded(photograph("coffee.png", (1600, 1200)), "JPEG", quality=90)
    small = process(data, [{"type": "resize", "params": {"width": 100}}], analyze=True).analysis
    assert small == measured(data)
    assert sum(small["histograms"]["r"]) == 1600 * 1200
