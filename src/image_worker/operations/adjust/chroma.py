"""Hue and vibrance, in Oklch (B. Ottosson, A perceptual color space for image processing, 2020)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyvips

_MOST_CHROMA = 0.33
"""A little more than any colour of sRGB has; magenta comes nearest with 0.3225."""

_TURN = 360


def turned(colour: pyvips.Image, hue: float, vibrance: float) -> pyvips.Image:
    """Turn every hue by degrees, then raise the chroma, the weakest up to twofold."""
    if hue % _TURN == 0 and vibrance == 0:
        return colour
    lightness, chroma, angle = colour.colourspace("oklch").bandsplit()
    if hue % _TURN:
        angle = (angle + hue + _TURN) % _TURN
    if vibrance:
        room = 1 - chroma / _MOST_CHROMA
        chroma = chroma * (room * vibrance + 1)
    changed = lightness.bandjoin(chroma).bandjoin(angle).copy(interpretation="oklch")
    return changed.colourspace("srgb")
