"""The tutorial's steps in Pillow and numpy, its resize into a box mended."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter

if TYPE_CHECKING:
    from collections.abc import Callable


def make(job: dict[str, Any]) -> Callable[[bytes], Any]:
    """Return the tutorial's calls."""
    return _measure if job.get("analyze") else lambda data: _process(data, job)


def _process(data: bytes, job: dict[str, Any]) -> bytes:
    image = Image.open(io.BytesIO(data))
    for step in job["operations"]:
        image = STEPS[step["type"]](image, **step["params"])
    buffer = io.BytesIO()
    image.save(buffer, **job["output"])
    return buffer.getvalue()


def _resize(image: Image.Image, width: int, height: int = 0, **_: object) -> Image.Image:
    if height:
        image.thumbnail((width, height))
        return image
    size = (width, round(image.height * width / image.width))
    return image.resize(size, Image.Resampling.LANCZOS)


def _crop(image: Image.Image, left: int, top: int, right: int, bottom: int) -> Image.Image:
    return image.crop((left, top, right, bottom))


def _filter(image: Image.Image, name: str) -> Image.Image:
    return image.filter(getattr(ImageFilter, name.upper()))


def _adjust(image: Image.Image, brightness: float, contrast: float) -> Image.Image:
    image = ImageEnhance.Brightness(image).enhance(brightness)
    return ImageEnhance.Contrast(image).enhance(contrast)


STEPS = {"resize": _resize, "crop": _crop, "filter": _filter, "adjust": _adjust}


def _measure(data: bytes) -> float:
    """Find size, mode, histograms and brightness of a coloured picture; return the last."""
    image = Image.open(io.BytesIO(data))
    levels = np.array(image)
    for band in range(3):
        np.histogram(levels[..., band], bins=256, range=(0, 256))[0].tolist()
    luma = 0.299 * levels[..., 0] + 0.587 * levels[..., 1] + 0.114 * levels[..., 2]
    return float(np.mean(luma))
