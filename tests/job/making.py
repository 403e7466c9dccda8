"""Pictures and workers for tests: small, made on the spot, always the same."""

from __future__ import annotations

import base64
import io
import struct
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from image_worker.settings import Settings

if TYPE_CHECKING:
    from image_worker.engine import Engine
    from image_worker.worker import Worker

FAILURE_KEYS = {"success", "error", "message", "code", "path", "retryable"}


def noise(width: int = 40, height: int = 30) -> Image.Image:
    """Return a picture in which every pixel has another colour."""
    levels = np.random.default_rng(7).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(levels)


def smooth(width: int, height: int) -> Image.Image:
    """Return a picture of soft gradients, which JPEG stores almost without losses."""
    across, down = np.meshgrid(np.linspace(0, 255, width), np.linspace(0, 255, height))
    levels = np.stack([across, down, 255 - across], axis=-1)
    return Image.fromarray(levels.astype(np.uint8))


def encoded(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format=kind, **options)
    return buffer.getvalue()


def text_of(data: bytes) -> str:
    return base64.b64encode(data).decode()


PNG = encoded(noise())
IMAGE = {"base64": text_of(PNG)}


def job(*operations: Any, **more: Any) -> dict[str, Any]:
    """Return a job for the usual picture."""
    return {"image": IMAGE, "operations": list(operations), **more}


def step(kind: str, **parameters: Any) -> dict[str, Any]:
    """Return an operation in its long form."""
    return {"type": kind, "params": parameters}


def bytes_in(answer: dict[str, Any]) -> bytes:
    """Return the file in an answer."""
    assert answer["success"], answer
    return base64.b64decode(answer["processed_image"].split("base64,")[1])


def picture_in(answer: dict[str, Any]) -> Image.Image:
    """Return the picture of an answer."""
    return Image.open(io.BytesIO(bytes_in(answer)))


def claiming(width: int, height: int) -> bytes:
    """Return a PNG of a few bytes whose header claims a size."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 64)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in parts
    )


def worker(engine: Engine | None = None, **settings: Any) -> Worker:
    """Return a worker with default settings, or others."""
    return Settings(**settings).worker(engine)
