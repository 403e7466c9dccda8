"""Opaqueness."""

from __future__ import annotations

from image_worker.analysis.base import Analyzer, Subject


class IsOpaque(Analyzer):
    """Whether nothing shines through: no transparency, or none that is used.

    A picture with a channel of transparency that is full everywhere is opaque.
    """

    name = "is_opaque"
    numeric = True
    reads = "histogram"

    def measure(self, subject: Subject) -> bool:
        """Tell whether every pixel is opaque."""
        return not subject.picture.has_alpha or not any(subject.histogram[-1][:-1])
