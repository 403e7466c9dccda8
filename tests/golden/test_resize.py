"""Scaling against Pillow's Lanczos, and scaling while decoding against decoding all pixels."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image
from skimage.metrics import structural_similarity

from image_worker import process
from tests.pictures import (
    PHOTOGRAPHS,
    apart,
    encoded,
    gradient,
    levels,
    noise,
    opened,
    photograph,
)

UNTAGGED = {
    "soft noise": Image.fromarray((levels(noise()) // 4 + 96).astype("uint8")),
    "gradient": gradient(),
    "cat": photograph("chelsea.png", (320, 240)),
    "grey": photograph("coffee.png", (320, 240)).convert("L"),
}
TARGETS = [
    ({"width": 200}, (200, 150)),
    ({"height": 100}, (133, 100)),
    ({"width": 80}, (80, 60)),
    ({"width": 33}, (33, 25)),
    ({"width": 160, "height": 160}, (160, 120)),
    ({"width": 300, "height": 90}, (120, 90)),
    ({"width": 100, "height": 200, "maintain_aspect": False}, (100, 200)),
    ({"width": 90, "maintain_aspect": False}, (90, 240)),
]
ODD_SIZES = [(1411, 943), (1607, 1061), (997, 1999), (1203, 801), (535, 1523)]


def resized(data: bytes, params: dict[str, Any], plan: str = "fast", before: Any = ()) -> bytes:
    operations = [*before, {"type": "resize", "params": params}]
    return process(data, operations, {"format": "PNG"}, plan=plan).data


def alike(one: np.ndarray, other: np.ndarray) -> float:
    window = min(7, *(side - 1 + side % 2 for side in one.shape[:2]))
    return float(structural_similarity(one, other, channel_axis=2, data_range=255, win_size=window))


@pytest.mark.parametrize("image", UNTAGGED.values(), ids=UNTAGGED)
@pytest.mark.parametrize(("params", "size"), TARGETS, ids=str)
def test_lanczos_is_within_two_levels_of_pillow_but_for_hard_edges(
    params: dict[str, Any], size: tuple[int, int], image: Image.Image
) -> None:
    ours = opened(resized(encoded(image), params, "exact"))
    expected = levels(image.resize(size, Image.Resampling.LANCZOS))
    assert ours.size == size
    assert ours.mode == image.mode
    difference = np.abs(levels(ours) - expected)
    print("max", difference.max(), "mean", difference.mean(), "beyond 2:", (difference > 2).mean())
    assert difference.mean() <= 0.52
    # At hard edges: libvips places the kernel in steps of 1/64 pixel, and the two clip between the
    # axes in opposite order.
    assert (difference > 2).mean() <= 0.005
    assert difference.max() <= 6


@pytest.mark.parametrize("name", PHOTOGRAPHS)
@pytest.mark.parametrize("size", [(1600, 1200), (1411, 943)], ids=str)
@pytest.mark.parametrize("width", [100, 350, 700])
def test_photographs_shrunk_by_the_decoder_look_like_pillows(
    name: str, size: tuple[int, int], width: int
) -> None:
    data = encoded(photograph(name, size), "JPEG", quality=92)
    ours = levels(resized(data, {"width": width}))
    whole = opened(data)
    height = int(whole.height * width / whole.width + 0.5)
    expected = levels(whole.resize((width, height), Image.Resampling.LANCZOS))
    print("ssim", alike(ours, expected), "mean", apart(ours, expected))
    assert alike(ours, expected) >= 0.995


@pytest.mark.parametrize("name", PHOTOGRAPHS[::2])
@pytest.mark.parametrize("size", ODD_SIZES, ids=str)
@pytest.mark.parametrize("reduction", [2.3, 4.1, 8.5, 17])
def test_sides_that_the_shrinking_does_not_divide_lose_nothing(
    name: str, size: tuple[int, int], reduction: float
) -> None:
    data = encoded(photograph(name, size), "JPEG", quality=92)
    params = {"width": round(size[0] / reduction)}
    fast, exact = levels(resized(data, params)), levels(resized(data, params, "exact"))
    print("ssim", alike(fast, exact), "mean", apart(fast, exact))
    assert apart(fast, exact) <= 1.0
    assert alike(fast, exact) >= 0.99


@pytest.mark.parametrize("box", [(0, 0, 800, 800), (160, 80, 1411, 943), (400, 240, 1200, 880)])
@pytest.mark.parametrize("width", [90, 190])
def test_a_crop_before_the_scaling_shrinks_as_well(
    box: tuple[int, int, int, int], width: int
) -> None:
    data = encoded(photograph("coffee.png", (1411, 943)), "JPEG", quality=92)
    edges = dict(zip(("left", "top", "right", "bottom"), box, strict=True))
    crop = [{"type": "crop", "params": edges}]
    fast = levels(resized(data, {"width": width}, before=crop))
    exact = levels(resized(data, {"width": width}, "exact", crop))
    print("ssim", alike(fast, exact), "mean", apart(fast, exact))
    assert apart(fast, exact) <= 1.0
    assert alike(fast, exact) >= 0.99


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("size", [(1600, 1200), (1411, 943)], ids=str)
def test_turned_pictures_shrink_without_a_shift(orientation: int, size: tuple[int, int]) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encoded(photograph("astronaut.png", size), "JPEG", quality=92, exif=exif)
    fast = levels(resized(data, {"width": 170}))
    exact = levels(resized(data, {"width": 170}, "exact"))
    assert apart(fast, exact) <= 1.0
    assert alike(fast, exact) >= 0.99


@pytest.mark.parametrize("size", [(1600, 1200), (1411, 943)], ids=str)
def test_webp_shrinks_without_a_shift(size: tuple[int, int]) -> None:
    data = encoded(photograph("coffee.png", size), "WEBP", quality=90)
    fast, exact = (
        levels(resized(data, {"width": 170})),
        levels(resized(data, {"width": 170}, "exact")),
    )
    assert apart(fast, exact) <= 1.0
    assert alike(fast, exact) >= 0.99
