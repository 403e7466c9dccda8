"""Filters and adjustments against Pillow, pixel for pixel."""

from __future__ import annotations

import pytest
from PIL import Image, ImageEnhance, ImageFilter, ImageOps

from image_worker import process
from tests.pictures import encoded, furthest, gradient, levels, noise, photograph

PICTURES = {
    "noise": noise(),
    "gradient": gradient(),
    "cat": photograph("chelsea.png", (320, 240)),
    "rocket": photograph("rocket.jpg", (321, 239)),
    "flat": Image.new("RGB", (320, 240), (200, 30, 90)),
    "grey noise": noise(bands=1, seed=2),
    "grey photograph": photograph("coffee.png", (320, 240)).convert("L"),
}
KERNELS = {
    "blur": ImageFilter.BLUR,
    "sharpen": ImageFilter.SHARPEN,
    "contour": ImageFilter.CONTOUR,
    "edge_enhance": ImageFilter.EDGE_ENHANCE,
    "emboss": ImageFilter.EMBOSS,
    "smooth": ImageFilter.SMOOTH,
}

pictures = pytest.mark.parametrize("image", PICTURES.values(), ids=PICTURES)


def ours(image: Image.Image, *operations: dict[str, object]) -> Image.Image:
    result = process(encoded(image), operations, {"format": "PNG"}, plan="exact")
    return Image.fromarray(levels(result.data).astype("uint8"))


def difference(image: Image.Image, expected: Image.Image, *operations: dict[str, object]) -> int:
    result = ours(image, *operations)
    assert result.mode == expected.mode
    return furthest(levels(result), levels(expected))


def adjust(**factors: float) -> dict[str, object]:
    return {"type": "adjust", "params": factors}


@pictures
@pytest.mark.parametrize("name", KERNELS)
def test_kernels_give_the_same_pixels_up_to_the_border(name: str, image: Image.Image) -> None:
    expected = image.filter(KERNELS[name])
    assert difference(image, expected, {"type": "filter", "params": {"name": name}}) == 0


@pictures
def test_grayscale_is_within_one_level(image: Image.Image) -> None:
    expected = ImageOps.grayscale(image)
    assert difference(image, expected, {"type": "filter", "params": {"name": "grayscale"}}) <= 1


@pictures
@pytest.mark.parametrize("factor", [0, 0.5, 0.7, 1, 1.2, 2, 3.3, 10])
def test_brightness_gives_the_same_pixels(factor: float, image: Image.Image) -> None:
    expected = ImageEnhance.Brightness(image).enhance(factor)
    assert difference(image, expected, adjust(brightness=factor)) == 0


@pictures
@pytest.mark.parametrize("factor", [0, 0.5, 1, 1.1, 2])
def test_contrast_is_within_one_level(factor: float, image: Image.Image) -> None:
    expected = ImageEnhance.Contrast(image).enhance(factor)
    assert difference(image, expected, adjust(contrast=factor)) <= 1


@pictures
@pytest.mark.parametrize("factor", [0, 0.5, 1, 1.1, 2])
def test_saturation_is_within_one_level(factor: float, image: Image.Image) -> None:
    expected = ImageEnhance.Color(image).enhance(factor)
    assert difference(image, expected, adjust(saturation=factor)) <= 1


@pictures
@pytest.mark.parametrize("factors", [(1.2, 1.1, 1.3), (0.7, 2, 0.5), (2, 0.5, 0), (1.5, 1.5, 2)])
def test_three_adjustments_at_once_are_those_in_a_row(
    factors: tuple[float, float, float], image: Image.Image
) -> None:
    brightness, contrast, saturation = factors
    expected = ImageEnhance.Brightness(image).enhance(brightness)
    expected = ImageEnhance.Contrast(expected).enhance(contrast)
    expected = ImageEnhance.Color(expected).enhance(saturation)
    together = adjust(brightness=brightness, contrast=contrast, saturation=saturation)
    found = difference(image, expected, together)
    print("difference", found)
    assert found <= 2
