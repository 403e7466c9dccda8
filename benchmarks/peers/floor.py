"""The codecs alone: the picture is decoded as small as may be, and a finished one is encoded.

Nothing is between the two, so nobody who does the job can be faster with the same codecs. JPEG is
libjpeg-turbo's, by simplejpeg; the others are those that Pillow has.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
import simplejpeg
from PIL import Image

from benchmarks.peers import pillow
from benchmarks.peers.shrinking import shrink

if TYPE_CHECKING:
    from collections.abc import Callable

_SAVED = {"WEBP": {"method": 4}, "AVIF": {"speed": 7, "subsampling": "4:2:0"}}


def make(job: dict[str, Any]) -> Callable[[bytes], Any]:
    """Return decoding and encoding; what is encoded is made with the first, untimed picture."""
    finished: dict[int, list[np.ndarray]] = {}
    output = job.get("output") or job["outputs"]["web"]

    def run(data: bytes) -> Any:
        if len(data) not in finished:
            finished[len(data)] = _finished(data, job)
        _decode(data, shrink(data, job.get("operations", [])))
        made = [_encode(each, **output) for each in finished[len(data)]]
        return made[0] if len(made) == 1 else made

    return run


def _finished(data: bytes, job: dict[str, Any]) -> list[np.ndarray]:
    if job.get("analyze"):
        return []
    only = {**job, "output": {"format": "PNG", "quality": 0}, "operations": job.get("operations")}
    if "outputs" in job:
        image = Image.open(io.BytesIO(data))
        widths = job["outputs"]["web"]["widths"]
        sizes = [(width, round(image.height * width / image.width)) for width in widths]
        return [np.ascontiguousarray(image.resize(size)) for size in sizes]
    pillow._SAVED.setdefault("PNG", {"compress_level": 0})  # noqa: SLF001 - one more format
    return [np.ascontiguousarray(Image.open(io.BytesIO(pillow.make(only)(data))))]


def _decode(data: bytes, scale: int) -> None:
    if not data.startswith(b"\xff\xd8"):
        Image.open(io.BytesIO(data)).load()
        return
    height, width, *_ = simplejpeg.decode_jpeg_header(data)
    small = (
        {"min_height": -(-height // scale), "min_width": -(-width // scale)} if scale > 1 else {}
    )
    simplejpeg.decode_jpeg(data, **small)


def _encode(levels: np.ndarray, format: str, quality: int = 0, **_: Any) -> bytes:  # noqa: A002
    if format == "JPEG":
        return simplejpeg.encode_jpeg(levels, quality=quality, colorsubsampling="420")
    buffer = io.BytesIO()
    Image.fromarray(levels).save(buffer, format, quality=quality, **_SAVED[format])
    return buffer.getvalue()
