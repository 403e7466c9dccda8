"""Clipping."""

from __future__ import annotations

from image_worker.analysis.base import Analyzer, Subject


class Clipped(Analyzer):
    """Share of the picture that is black or white, 0 to 1: `shadows` and `highlights`.

    Counted are pixels with a Rec. 601 luma of 0 and of 255, each as much as it is opaque. Large
    shares mean too dark or too bright an exposure, or a plain background.
    """

    name = "clipped"

    def measure(self, subject: Subject) -> dict[str, float]:
        """Return both shares."""
        levels = subject.visible_light
        return {"shadows": round(levels.share(0), 6), "highlights": round(levels.share(255), 6)}
