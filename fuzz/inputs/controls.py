"""Healthy pictures, done before, between and after the hostile ones."""

from __future__ import annotations

import base64
from functools import cache
from typing import Any

from tests.pictures import encoded, noise, photograph
from tests.pipeline import awkward

COUNT = 100
_RECIPES: tuple[dict[str, Any], ...] = (
    {"operations": [{"type": "resize", "params": {"width": 40}}], "output": {"format": "PNG"}},
    {"operations": [{"type": "rotate", "params": {"angle": 90}}], "output": {"format": "JPEG"}},
    {"operations": [{"type": "filter", "params": {"name": "blur"}}], "output": {"format": "WEBP"}},
    {"operations": [{"type": "crop", "params": {"width": 20, "height": 20}}]},
)


@cache
def _pictures() -> tuple[bytes, ...]:
    made = [*awkward.coloured().values(), *awkward.grey().values()]
    made += [encoded(photograph(size=(200, 150)), "JPEG", quality=90), encoded(noise((90, 60), 4))]
    return tuple(made[number % len(made)] for number in range(25))


def job(number: int) -> dict[str, Any]:
    """Return the job of one of them."""
    recipe = _RECIPES[number % len(_RECIPES)]
    data = _pictures()[number // len(_RECIPES)]
    return {"image": {"base64": base64.b64encode(data).decode()}, **recipe}
