"""Size."""

from __future__ import annotations

from image_worker.analysis.base import Analyzer, Subject


class Size(Analyzer):
    """Width and height in pixels, upright."""

    name = "size"
    usual = True
    reads = "header"

    def measure(self, subject: Subject) -> list[int]:
        """Return the two sides."""
        return list(subject.picture.size)
