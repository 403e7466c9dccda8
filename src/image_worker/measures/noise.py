"""Peak signal-to-noise ratio."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyvips

_PEAK = 255


def psnr(one: pyvips.Image, other: pyvips.Image) -> float:
    """Return 10 log10(255² / mean squared error) in decibels, over all bands.

    Infinite for two pictures that are the same. Both must have the same size and bands.
    """
    apart = one.cast("float") - other
    error = float((apart * apart).avg())
    return 10 * math.log10(_PEAK**2 / error) if error else math.inf
