"""Pillow as those use it who know it: draft mode, reducing gap, histograms in C."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from PIL import Image

from benchmarks.peers.choosing import chosen
from benchmarks.peers.tutorial import STEPS

if TYPE_CHECKING:
    from collections.abc import Callable

_GAP = 2.0
_SAVED = {
    "JPEG": {"subsampling": "4:2:0"},
    "WEBP": {"method": 4},
    "AVIF": {"speed": 7, "subsampling": "4:2:0"},
}
_WEIGHTS = (0.299, 0.587, 0.114)


def make(job: dict[str, Any]) -> Callable[[bytes], Any]:
    """Return Pillow's best calls for the job."""
    return chosen(job, process=_process, renditions=_renditions, measure=_measure)


def _process(data: bytes, job: dict[str, Any]) -> bytes:
    image = Image.open(io.BytesIO(data))
    for step in job["operations"]:
        image = _STEPS[step["type"]](image, **step["params"])
    return _saved(image, **job["output"])


def _resize(image: Image.Image, width: int, height: int = 0, **_: object) -> Image.Image:
    box = (width, height or round(image.height * width / image.width))
    image.thumbnail(box, Image.Resampling.LANCZOS, reducing_gap=_GAP)
    return image


_STEPS = {**STEPS, "resize": _resize}


def _renditions(data: bytes, widths: list[int], **output: Any) -> list[bytes]:
    image = Image.open(io.BytesIO(data))
    made = []
    for width in sorted(widths, reverse=True):
        image = _resize(image, width)
        made.append(_saved(image, **output))
    return made


def _saved(image: Image.Image, format: str, quality: int, **_: Any) -> bytes:  # noqa: A002
    buffer = io.BytesIO()
    image.save(buffer, format, quality=quality, **_SAVED[format])
    return buffer.getvalue()


def _measure(data: bytes) -> float:
    image = Image.open(io.BytesIO(data))
    counts = image.histogram()
    bands = [counts[start : start + 256] for start in (0, 256, 512)]
    means = (sum(level * count for level, count in enumerate(band)) for band in bands)
    total = sum(weight * mean for weight, mean in zip(_WEIGHTS, means, strict=True))
    return total / (image.width * image.height)
