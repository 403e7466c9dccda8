"""Sharpness."""

from __future__ import annotations

import pyvips

from image_worker.analysis.base import Analyzer, Subject

_LAPLACIAN = ((0, 1, 0), (1, -4, 1), (0, 1, 0))


class Sharpness(Analyzer):
    """Standard deviation of the Laplacian of the luma: below about 5 blurred, above 15 sharp.

    The square of it is the variance of the Laplacian (Pech-Pacheco and others, 2000, "Diatom
    autofocusing in brightfield microscopy") as OpenCV users know it. From 0 to about 1000; it
    depends on the size at which the picture is measured, here its own, and noise raises it.
    """

    name = "sharpness"
    seconds_per_megapixel = 0.02
    numeric = True

    def measure(self, subject: Subject) -> float:
        """Return the deviation; the edges of the picture are extended by one pixel."""
        light = subject.light
        if light.width * light.height == 1:
            return 0.0
        kernel = pyvips.Image.new_from_array([list(row) for row in _LAPLACIAN])
        return round(light.cast("short").conv(kernel, precision="integer").deviate(), 4)
