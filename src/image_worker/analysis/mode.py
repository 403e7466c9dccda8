"""Mode."""

from __future__ import annotations

from image_worker.analysis.base import Analyzer, Subject


class Mode(Analyzer):
    """How the file stores its pixels, as Pillow calls it: L, RGB, RGBA, P, 1, CMYK, ..."""

    name = "mode"
    usual = True
    reads = "header"

    def measure(self, subject: Subject) -> str:
        """Return the mode."""
        return subject.mode
