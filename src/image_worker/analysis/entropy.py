"""Entropy."""

from __future__ import annotations

from image_worker.analysis.base import Analyzer, Subject


class Entropy(Analyzer):
    """Shannon's entropy of the 256 levels of luma in bits: 0 for one level, 8 for all evenly.

    Low values mean flat colours, a blank page or a gradient of few levels. Pixels count as much
    as they are opaque.
    """

    name = "entropy"
    numeric = True

    def measure(self, subject: Subject) -> float:
        """Return the bits."""
        return round(subject.visible_light.entropy, 4)
