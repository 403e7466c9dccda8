"""Contrast."""

from __future__ import annotations

from image_worker.analysis.base import Analyzer, Subject


class Contrast(Analyzer):
    """Standard deviation of the Rec. 601 luma in levels: 0 is flat, 127.5 half black half white.

    This is the RMS contrast of Peli (1990), not divided by 255. Pixels count as much as they are
    opaque.
    """

    name = "contrast"
    numeric = True

    def measure(self, subject: Subject) -> float:
        """Return the deviation; 0 where everything is transparent."""
        return round(subject.visible_light.deviation or 0.0, 4)
