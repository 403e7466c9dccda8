"""Histograms."""

from __future__ import annotations

from image_worker.analysis.base import Analyzer, Subject

_COLOURS = 3


class Histograms(Analyzer):
    """How many pixels have each of the 256 levels of red, green and blue; empty for grey."""

    name = "histograms"
    usual = True
    reads = "histogram"

    def measure(self, subject: Subject) -> dict[str, list[int]]:
        """Return three lists of 256 counts."""
        bands = subject.histogram
        if len(bands) < _COLOURS:
            return {"r": [], "g": [], "b": []}
        return dict(zip("rgb", bands[:_COLOURS], strict=True))
