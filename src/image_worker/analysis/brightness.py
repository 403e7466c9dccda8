"""Brightness."""

from __future__ import annotations

from image_worker.analysis.base import Analyzer, Subject
from image_worker.picture import LUMA

_COLOURS = 3


class Brightness(Analyzer):
    """Mean Rec. 601 luma, 0 to 255, without rounding single pixels."""

    name = "brightness"
    usual = True
    numeric = True
    reads = "histogram"

    def measure(self, subject: Subject) -> float:
        """Return the weighted mean of the histograms, which is exact."""
        bands = subject.histogram
        weights = LUMA if len(bands) >= _COLOURS else (1.0,)
        pixels = sum(bands[0])
        return sum(
            weight * sum(level * count for level, count in enumerate(band)) / pixels
            for weight, band in zip(weights, bands, strict=False)
        )
