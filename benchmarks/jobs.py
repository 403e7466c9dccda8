"""The jobs that both workers are given: only what the tutorial's worker can do."""

from __future__ import annotations

import base64
import io
import random
from functools import cache
from typing import Any

import numpy as np
from PIL import Image

_FORMATS = ("JPEG", "PNG", "WEBP")
_SIZES = ((320, 240), (640, 480), (1200, 900), (900, 1200), (1600, 1000))


@cache
def _picture(width: int, height: int, kind: str = "JPEG") -> str:
    """Return soft waves with grain as base64."""
    down, across = np.mgrid[0:height, 0:width]
    waves = np.stack([np.sin(across / 31), np.cos(down / 47), np.sin((across + down) / 71)], -1)
    grain = np.random.default_rng(1).normal(0, 4, waves.shape)
    levels = np.clip(128 + 100 * waves + grain, 0, 255).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(levels).save(buffer, kind)
    return base64.b64encode(buffer.getvalue()).decode()


def _job(picture: str, operations: list[dict[str, Any]], **output: Any) -> dict[str, Any]:
    return {"image": {"base64": picture}, "operations": operations, "output": output}


def _step(kind: str, **params: Any) -> dict[str, Any]:
    return {"type": kind, "params": params}


def small_job(number: int) -> dict[str, Any]:
    """Return a job of about five milliseconds."""
    width = 200 + number % 100
    return _job(_picture(640, 480), [_step("resize", width=width)], format="JPEG", quality=85)


def varied_job(number: int) -> dict[str, Any]:
    """Return the job of this number, the same in every run."""
    draw = random.Random(number)  # noqa: S311 - chance, not secrecy
    picture = _picture(*draw.choice(_SIZES), draw.choice(_FORMATS))
    operations = draw.sample(
        [
            _step("resize", width=draw.randint(200, 800)),
            _step("crop", left=5, top=5, right=draw.randint(50, 95), bottom=draw.randint(50, 95)),
            _step("filter", name=draw.choice(["blur", "sharpen", "smooth"])),
            _step("adjust", brightness=draw.uniform(0.5, 1.5), contrast=draw.uniform(0.5, 1.5)),
        ],
        k=draw.randint(1, 4),
    )
    return _job(picture, operations, format=draw.choice(_FORMATS), quality=draw.randint(60, 95))
