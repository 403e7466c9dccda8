"""Pictures with something to see, and jobs that look at them."""

from __future__ import annotations

import io
from functools import cache
from typing import Any

import cv2
import numpy as np
import pybase64
from PIL import Image

from tests.job.making import job, worker
from tests.pictures import encoded, photograph

FACE = (180, 82, 275, 177)
"""Of the astronaut, by hand."""
SEEING = {"objects", "faces", "text", "codes", "classify"}


def overlap(one: Any, other: Any) -> float:
    left, top, right, bottom = (
        max(one[0], other[0]),
        max(one[1], other[1]),
        min(one[2], other[2]),
        min(one[3], other[3]),
    )
    common = max(0, right - left) * max(0, bottom - top)
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)]
    return common / (sum(areas) - common)


def edges(found: dict[str, Any]) -> tuple[int, ...]:
    return tuple(found["box"][side] for side in ("left", "top", "right", "bottom"))


@cache
def portrait() -> Image.Image:
    return photograph("astronaut.png")


@cache
def qr(text: str = "worker-image") -> Image.Image:
    code = cv2.QRCodeEncoder.create().encode(text)
    large = cv2.resize(code, None, fx=8, fy=8, interpolation=cv2.INTER_NEAREST)
    framed = cv2.copyMakeBorder(large, 60, 90, 40, 120, cv2.BORDER_CONSTANT, value=255)
    return Image.fromarray(framed)


def done(*steps: dict[str, Any], picture: Image.Image | None = None, **more: Any) -> dict[str, Any]:
    data = pybase64.b64encode_as_string(encoded(picture or portrait()))
    payload = job(*steps, image={"base64": data}, output={"format": "PNG"}, cache="off", **more)
    answered: dict[str, Any] = worker().answer(payload)
    return answered


def made(*steps: dict[str, Any], picture: Image.Image | None = None) -> np.ndarray:
    answered = done(*steps, picture=picture)
    assert answered["success"], answered
    data = pybase64.b64decode(answered["processed_image"].rpartition(",")[2])
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(int)


def ean(digits: str) -> Image.Image:
    """Draw the bars of an EAN-13, by its standard's tables."""
    odd = [
        "0001101",
        "0011001",
        "0010011",
        "0111101",
        "0100011",
        "0110001",
        "0101111",
        "0111011",
        "0110111",
        "0001011",
    ]
    even = [code.translate(str.maketrans("01", "10"))[::-1] for code in odd]
    ways = [
        "OOOOOO",
        "OOEOEE",
        "OOEEOE",
        "OOEEEO",
        "OEOOEE",
        "OEEOOE",
        "OEEEOO",
        "OEOEOE",
        "OEOEEO",
        "OEEOEO",
    ]
    way = ways[int(digits[0])]
    left = "".join(
        (odd if kind == "O" else even)[int(digit)]
        for kind, digit in zip(way, digits[1:7], strict=True)
    )
    right = "".join(odd[int(digit)].translate(str.maketrans("01", "10")) for digit in digits[7:])
    bars = np.array([int(bit) for bit in f"101{left}01010{right}101"])
    line = np.repeat(255 - 255 * bars, 3)
    picture = np.full((220, line.size + 120), 255)
    picture[30:190, 60 : 60 + line.size] = line
    return Image.fromarray(picture.astype(np.uint8))
