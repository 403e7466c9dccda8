"""The lowest frequencies of a small picture."""

from __future__ import annotations

import math
from operator import mul
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def frequencies(pixels: Sequence[float], width: int, across: int, down: int) -> list[list[float]]:
    """Return the `down` x `across` lowest terms of the discrete cosine transform.

    It is the type 2 transform, not normalised: term `[j][i]` is the sum over all pixels of
    `pixel * cos(pi/width * i * (x + 0.5)) * cos(pi/height * j * (y + 0.5))`.
    """
    height = len(pixels) // width
    rows = [pixels[top * width : (top + 1) * width] for top in range(height)]
    along = [[_dot(row, wave) for row in rows] for wave in _waves(width, across)]
    return [[_dot(column, wave) for column in along] for wave in _waves(height, down)]


def _waves(length: int, count: int) -> list[list[float]]:
    return [
        [math.cos(math.pi / length * order * (at + 0.5)) for at in range(length)]
        for order in range(count)
    ]


def _dot(one: Sequence[float], other: Sequence[float]) -> float:
    return math.fsum(map(mul, one, other))
