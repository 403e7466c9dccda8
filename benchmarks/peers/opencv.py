"""OpenCV as those use it who know it: decoding at a half, a quarter or an eighth, INTER_AREA."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from benchmarks.peers.choosing import chosen
from benchmarks.peers.shrinking import shrink

if TYPE_CHECKING:
    from collections.abc import Callable

cv2.setNumThreads(1)
_SHARPEN = np.full((3, 3), -2, np.float32) / 16
_SHARPEN[1, 1] = 2
_REDUCED = {
    1: cv2.IMREAD_COLOR,
    2: cv2.IMREAD_REDUCED_COLOR_2,
    4: cv2.IMREAD_REDUCED_COLOR_4,
    8: cv2.IMREAD_REDUCED_COLOR_8,
}
_ENCODED = {
    "JPEG": (".jpg", cv2.IMWRITE_JPEG_QUALITY, []),
    "WEBP": (".webp", cv2.IMWRITE_WEBP_QUALITY, []),
    "AVIF": (".avif", cv2.IMWRITE_AVIF_QUALITY, [cv2.IMWRITE_AVIF_SPEED, 7]),
}


def make(job: dict[str, Any]) -> Callable[[bytes], Any]:
    """Return OpenCV's best calls for the job."""
    return chosen(job, process=_process, renditions=_renditions, measure=_measure)


def _process(data: bytes, job: dict[str, Any]) -> bytes:
    steps = job["operations"]
    image, scale = _decoded(data, shrink(data, steps))
    for step in steps:
        params = step["params"]
        if step["type"] == "crop":
            left, top, right, bottom = (params[key] // scale for key in _SIDES)
            image = image[top:bottom, left:right]
        elif step["type"] == "resize":
            image = _resized(image, **params)
        elif step["type"] == "filter":
            image = cv2.filter2D(image, -1, _SHARPEN)
        else:
            image = _adjusted(image, **params)
    return _encoded(image, **job["output"])


_SIDES = ("left", "top", "right", "bottom")


def _decoded(data: bytes, scale: int) -> tuple[np.ndarray, int]:
    flag = cv2.IMREAD_UNCHANGED if data.startswith(b"\x89PNG") else _REDUCED[scale]
    return cv2.imdecode(np.frombuffer(data, np.uint8), flag), scale


def _resized(image: np.ndarray, width: int, height: int = 0, **_: object) -> np.ndarray:
    tall = image.shape[0] * width / image.shape[1]
    if height and tall > height:
        width, tall = round(width * height / tall), height
    return cv2.resize(image, (width, round(tall)), interpolation=cv2.INTER_AREA)


def _adjusted(image: np.ndarray, brightness: float, contrast: float) -> np.ndarray:
    mean = round(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY).mean() * brightness)
    return cv2.convertScaleAbs(image, alpha=brightness * contrast, beta=mean * (1 - contrast))


def _renditions(data: bytes, widths: list[int], **output: Any) -> list[bytes]:
    image, _ = _decoded(data, 1)
    made = []
    for width in sorted(widths, reverse=True):
        image = _resized(image, width)
        made.append(_encoded(image, **output))
    return made


def _encoded(image: np.ndarray, format: str, quality: int, **_: Any) -> bytes:  # noqa: A002
    suffix, key, more = _ENCODED[format]
    return cv2.imencode(suffix, image, [key, quality, *more])[1].tobytes()


def _measure(data: bytes) -> float:
    image, _ = _decoded(data, 1)
    counts = [cv2.calcHist([image], [band], None, [256], [0, 256]).ravel() for band in (2, 1, 0)]
    means = [float((np.arange(256) * count).sum() / count.sum()) for count in counts]
    return 0.299 * means[0] + 0.587 * means[1] + 0.114 * means[2]
