"""Highlights and shadows: a curve of the luma.

The curve for brighter shadows is `l + 2 s l (1 - l)^3`, with `l` the luma and `s` the strength,
both 0 to 1: three times as steep at black, never falling, and hardly felt above the middle. Darker
shadows are the same curve turned round, so that -50 takes back what +50 did; highlights are its
mirror image.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from image_worker.pixels.tones import UNCHANGED, relit, table

if TYPE_CHECKING:
    import pyvips

_WHOLE = 100
_HALVINGS = 24


def levels(highlights: float, shadows: float) -> bytes:
    """Return the table of the luma: highlights, then shadows."""
    if not highlights and not shadows:
        return UNCHANGED

    def change(luma: float) -> float:
        return _lifted(1 - _lifted(1 - luma, -highlights / _WHOLE), shadows / _WHOLE)

    return table(change)


def toned(colour: pyvips.Image, lumas: bytes) -> pyvips.Image:
    """Change the luma; each colour keeps the ratio of its channels."""
    return colour if lumas == UNCHANGED else relit(colour, lumas)


def _lifted(luma: float, strength: float) -> float:
    if strength >= 0:
        return float(luma + 2 * strength * luma * (1 - luma) ** 3)
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if _lifted(middle, -strength) < luma:
            low = middle
        else:
            high = middle
    return (low + high) / 2
