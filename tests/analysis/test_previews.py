"""BlurHash, ThumbHash and tiny previews, against their references."""

from __future__ import annotations

import base64
import io

import blurhash
import numpy as np
import pytest
from PIL import Image

from tests.analysis.measuring import cutout, fact
from tests.pictures import gradient, noise, photograph, quarters

SMALL = [photograph("chelsea.png", (200, 130)), photograph("coffee.png", (120, 160)), gradient()]


def shown(text: str) -> np.ndarray:
    return np.array(blurhash.decode(text, 32, 32))


@pytest.mark.parametrize("image", SMALL, ids=["cat", "coffee", "gradient"])
@pytest.mark.parametrize(("x", "y"), [(4, 3), (1, 1), (3, 5)])
def test_blurhash_shows_what_the_reference_shows(image: Image.Image, x: int, y: int) -> None:
    text = fact(image, "blurhash", x=x, y=y)
    reference = blurhash.encode(np.asarray(image), x, y)
    assert blurhash.components(text) == (x, y)
    assert len(text) == len(reference) == 4 + 2 * x * y
    apart = np.abs(shown(text) - shown(reference))
    assert apart.mean() < 2.5


def test_blurhash_of_a_flat_picture_is_flat() -> None:
    for size in ((1, 1), (3, 40), (300, 200)):
        colour = (200, 30, 60)
        assert (
            np.ptp(shown(fact(Image.new("RGB", size, colour), "blurhash")), axis=(0, 1)).max() <= 1
        )


def test_blurhash_averages_light_not_levels() -> None:
    checks = np.indices((64, 64)).sum(axis=0) % 2 * 255
    image = Image.fromarray(checks.astype(np.uint8))
    assert abs(shown(fact(image, "blurhash")).mean() - 188) < 2


def nibbles(text: str) -> list[int]:
    return [part for byte in base64.b64decode(text) for part in (byte & 15, byte >> 4)]


# Made by the reference, `thumbhash` 0.1.1 for JavaScript, from the same pixels.
REFERENCE = {
    "wide": (gradient((100, 66)), "H/gNBZqAh4eAiId4d3iIePl3Dfh4"),
    "tall": (gradient((60, 100)), "H/gNBBqAB4iIiIeId4gEdwH4eA=="),
    "quarters": (quarters(size=(64, 64)), "WDkKlx6FeIfAaIh3iKiGiIiGCLeOj8oI"),
    "grey": (quarters("L"), "GQgSBYBwenbEaIiHeJiGhwAAAAAA"),
    "noise": (noise((90, 20)), "IPgBCoKMSf2UiXuIC8FyBeg="),
    "wide cut-out": (
        cutout(gradient((50, 30)), (0, 255, 0)), "H/iFA4Qkg3+DeqhLYAL4eAd4iIeAjIg=",
    ),
    "tall cut-out": (
        cutout(quarters(size=(32, 50)), (9, 9, 9)), "WDmGGwQkhpSK+HVwu/eoegiIiIiAfIg=",
    ),
    "transparent": (
        Image.new("RGBA", (40, 30), (5, 6, 7, 0)), "AAiCBIAAAAAAAAAAAAAAAAAAAAAAAAAAAA==",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("image", "expected"), REFERENCE.values(), ids=REFERENCE)
def test_thumbhash_is_that_of_the_reference(image: Image.Image, expected: str) -> None:
    said = fact(image, "thumbhash")
    assert len(said) == len(expected)
    apart = [abs(a - b) for a, b in zip(nibbles(said), nibbles(expected), strict=True)]
    # Waves that are not there lie between two steps, and the machine's rounding decides.
    assert max(apart) <= 1
    assert sum(map(bool, apart)) <= 9
    halves = [a in {7, 8} for a, far in zip(nibbles(expected), apart, strict=True) if far]
    assert all(halves)


def test_thumbhash_of_a_flat_pixel_has_no_waves() -> None:
    one, many = (
        fact(Image.new("RGB", size, (9, 200, 77)), "thumbhash") for size in ((1, 1), (50, 50))
    )
    assert one == many


def test_thumbhash_of_a_large_picture_is_that_of_a_small_one() -> None:
    large, small = photograph("coffee.png"), photograph("coffee.png", (100, 67))
    one, other = (nibbles(fact(image, "thumbhash")) for image in (large, small))
    apart = [abs(a - b) for a, b in zip(one, other, strict=True)]
    assert sum(map(bool, apart)) <= 3


@pytest.mark.parametrize("kind", ["webp", "jpeg"])
def test_a_preview_is_tiny_and_looks_like_the_picture(kind: str) -> None:
    image = photograph("coffee.png")
    uri = fact(image, "lqip", format=kind)
    assert uri.startswith(f"data:image/{kind};base64,")
    assert len(uri) < (300 if kind == "webp" else 1100)
    seen = Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2])))
    assert seen.size == (20, 13)
    expected = image.resize(seen.size, Image.Resampling.BOX)
    assert np.abs(np.asarray(seen, float) - np.asarray(expected, float)).mean() < 16


def test_a_preview_keeps_transparency_where_it_can() -> None:
    image = cutout(quarters(), (0, 255, 255))
    seen = Image.open(io.BytesIO(base64.b64decode(fact(image, "lqip").partition(",")[2])))
    assert seen.mode == "RGBA"
    assert seen.getpixel((0, 0))[3] == 0
    flat = fact(image, "lqip", format="jpeg", size=64)
    corner = Image.open(io.BytesIO(base64.b64decode(flat.partition(",")[2]))).getpixel((0, 0))
    assert min(corner) > 245
