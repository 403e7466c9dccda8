"""Dominant colour."""

from __future__ import annotations

from typing import Any

from image_worker.analysis.base import Analyzer, Subject
from image_worker.analysis.clusters import css, swatches

_BITS = 4


class Dominant(Analyzer):
    """The most frequent colour: `color` as `#rrggbb`, and its `share` of the picture, 0 to 1.

    Colours that agree in the upper four bits of each channel (16 levels) are one, and the mean of
    them is returned. Counted on a copy of at most 256 x 256 pixels, as much as they are opaque;
    null where everything is transparent.
    """

    name = "dominant"
    reads = "overview"

    def measure(self, subject: Subject) -> dict[str, Any] | None:
        """Return the fullest bin."""
        bins = swatches(subject, _BITS)
        if not bins:
            return None
        total = sum(swatch.weight for swatch in bins)
        return {"color": css(bins[0].rgb), "share": round(bins[0].weight / total, 4)}
