"""Makers of test pictures, and the ways to look at what became of them."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import skimage
from PIL import Image

_BUNDLED = Path(skimage.__file__).parent / "data"

PHOTOGRAPHS = (
    "astronaut.png", "chelsea.png", "coffee.png", "hubble_deep_field.jpg", "motorcycle_left.png",
    "rocket.jpg",
)  # fmt: skip
"""Pictures that come with scikit-image."""


@cache
def photograph(name: str = "chelsea.png", size: tuple[int, int] | None = None) -> Image.Image:
    """Return a photograph, covering the size and cropped to it."""
    # Through an array, which leaves a profile behind.
    image = Image.fromarray(np.asarray(Image.open(_BUNDLED / name).convert("RGB")))
    if size is None:
        return image
    factor = max(size[0] / image.width, size[1] / image.height)
    covering = [
        max(side, round(whole * factor)) for side, whole in zip(size, image.size, strict=True)
    ]
    return image.resize(tuple(covering), Image.Resampling.LANCZOS).crop((0, 0, *size))


def noise(size: tuple[int, int] = (320, 240), bands: int = 3, seed: int = 1) -> Image.Image:
    """Return even noise over all levels."""
    shape = (size[1], size[0]) if bands == 1 else (size[1], size[0], bands)
    levels = np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)
    return Image.fromarray(levels)


def gradient(size: tuple[int, int] = (320, 240)) -> Image.Image:
    """Return red growing to the right, green downwards, blue along the diagonal."""
    down, across = np.mgrid[0 : size[1], 0 : size[0]]
    red, green = across * 255 // max(1, size[0] - 1), down * 255 // max(1, size[1] - 1)
    return Image.fromarray(np.dstack([red, green, (red + green) // 2]).astype(np.uint8))


def quarters(mode: str = "RGB", size: tuple[int, int] = (64, 48)) -> Image.Image:
    """Return four flat quarters: red and green above, blue and yellow below."""
    image = Image.new("RGB", size, "red")
    width, height = size[0] // 2, size[1] // 2
    image.paste((0, 128, 0), (width, 0, size[0], height))
    image.paste("blue", (0, height, width, size[1]))
    image.paste("yellow", (width, height, *size))
    return image.convert(mode)


def encoded(image: Image.Image, file_format: str = "PNG", **options: Any) -> bytes:
    """Return the bytes of a file that Pillow writes."""
    buffer = io.BytesIO()
    image.save(buffer, file_format, **options)
    return buffer.getvalue()


def opened(data: bytes) -> Image.Image:
    """Return the picture of a file as Pillow reads it."""
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def levels(image: Image.Image | bytes, mode: str | None = None) -> np.ndarray:
    """Return the levels of a picture or file as integers that can be subtracted."""
    image = opened(image) if isinstance(image, bytes) else image
    return np.asarray(image.convert(mode) if mode else image).astype(np.int64)


def furthest(one: np.ndarray, other: np.ndarray) -> int:
    """Return the largest difference of any level."""
    assert one.shape == other.shape
    return int(np.abs(one - other).max())


def apart(one: np.ndarray, other: np.ndarray) -> float:
    """Return the mean difference of the levels."""
    assert one.shape == other.shape
    return float(np.abs(one - other).mean())
