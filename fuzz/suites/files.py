"""Broken files of every format."""

from __future__ import annotations

import base64
import random
from typing import TYPE_CHECKING, Any

from fuzz.inputs.mutations import mutated
from fuzz.inputs.seeds import seeds
from fuzz.stage import answered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fuzz.figures import Figure
    from fuzz.plan import Plan

COUNT = 20_000
_RESIZE = {"type": "resize", "params": {"width": 24}}
_RECIPES: tuple[dict[str, Any], ...] = (
    {"operations": [_RESIZE], "output": {"format": "PNG"}},
    {"operations": [_RESIZE], "output": {"format": "JPEG"}},
    {"output": {"format": "WEBP"}, "analyze": ["size", "format", "dominant"]},
    {"operations": [_RESIZE], "output": {"format": "GIF"}, "plan": "exact"},
    {"operations": [{"type": "rotate", "params": {"angle": 30}}], "output": {"format": "PNG"}},
    {"output": {"metadata": "all", "format": "original"}},
    {"output": {"format": "json"}, "analyze": True},
    {"outputs": {"small": {"widths": [8, 16], "format": "WEBP"}}},
)


def run(plan: Plan) -> list[Figure]:
    """Answer broken files."""
    count = plan.scaled(COUNT)
    return answered(plan, broken(count, plan.seed), "broken files", count)


def broken(count: int, seed: int) -> Iterator[dict[str, Any]]:
    """Return jobs with broken files, all formats in turn; the same seed gives the same jobs."""
    for number in range(count):
        rng = random.Random(f"{seed} {number}")  # noqa: S311 - it must come out the same again
        every = seeds()
        yield _job(mutated(every[number % len(every)], rng), rng)


def _job(data: bytes, rng: random.Random) -> dict[str, Any]:
    source = {"base64": base64.b64encode(data).decode()}
    pages = rng.choice((None, None, None, -1))
    if pages:
        source["pages"] = pages
    if rng.random() < 0.1:  # as a second picture
        over = {"type": "overlay", "params": {"image": source}}
        return {"image": _canvas(), "operations": [over], "output": {"format": "PNG"}}
    return {"image": source, **rng.choice(_RECIPES)}


def _canvas() -> dict[str, Any]:
    return {"base64": base64.b64encode(seeds()[0].data).decode()}
