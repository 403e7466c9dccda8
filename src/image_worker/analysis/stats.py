"""Statistics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from image_worker.analysis.base import Analyzer, Subject
from image_worker.analysis.levels import Levels

if TYPE_CHECKING:
    from collections.abc import Iterator

_GREY = 1


class Stats(Analyzer):
    """Least, greatest and mean level and standard deviation of each channel, 0 to 255.

    Keys are `r`, `g`, `b` or `grey`, and `alpha` where there is transparency. Pixels count in
    colours as much as they are opaque; where everything is transparent, colours have only nulls.
    """

    name = "stats"

    def measure(self, subject: Subject) -> dict[str, dict[str, Any]]:
        """Return the statistics, which the histograms tell exactly."""
        return {name: _said(levels) for name, levels in _channels(subject)}


def _channels(subject: Subject) -> Iterator[tuple[str, Levels]]:
    names = ("grey",) if len(subject.visible) == _GREY else ("r", "g", "b")
    yield from zip(names, subject.visible, strict=True)
    if subject.opacity is not None:
        yield "alpha", Levels(tuple(map(float, subject.histogram[-1])))


def _said(levels: Levels) -> dict[str, Any]:
    mean, deviation = levels.mean, levels.deviation
    return {
        "min": levels.least,
        "max": levels.greatest,
        "mean": None if mean is None else round(mean, 4),
        "sd": None if deviation is None else round(deviation, 4),
    }
