"""Noise."""

from __future__ import annotations

import math

import pyvips

from image_worker.analysis.base import Analyzer, Subject

_MASK = ((1, -2, 1), (-2, 4, -2), (1, -2, 1))
_WEIGHT = 6
"""The root of the sum of the squares of the mask."""
_LEAST = 3
"""Pixels of a side that the mask needs."""


class Noise(Analyzer):
    """Estimated standard deviation of the noise in the luma, in levels; 0 to 2 is clean.

    J. Immerkaer, "Fast Noise Variance Estimation" (1996): the mean size of the response to a mask
    that is blind to slopes and edges. Fine texture counts as noise. Pictures of less than three
    pixels a side have 0.
    """

    name = "noise"
    seconds_per_megapixel = 0.03
    numeric = True

    def measure(self, subject: Subject) -> float:
        """Return the estimate."""
        light = subject.light
        if min(light.width, light.height) < _LEAST:
            return 0.0
        kernel = pyvips.Image.new_from_array([list(row) for row in _MASK])
        response = light.cast("short").conv(kernel, precision="integer")
        inner = response.crop(1, 1, light.width - 2, light.height - 2)
        return round(math.sqrt(math.pi / 2) * inner.abs().avg() / _WEIGHT, 4)
