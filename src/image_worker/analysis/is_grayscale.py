"""Grey or coloured."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from image_worker.analysis.base import Analyzer, Subject

_GREY = 1


class IsGrayscale(Analyzer):
    """Whether no pixel has a colour, even if the file stores red, green and blue.

    Fully transparent pixels do not count.
    """

    name = "is_grayscale"
    seconds_per_megapixel = 0.03
    numeric = True

    tolerance: Annotated[int, Field(ge=0, le=255)] = 1
    """Levels by which channels of a pixel may differ, 0 to 255; 1 forgives rounding."""

    def measure(self, subject: Subject) -> bool:
        """Compare the channels of every pixel."""
        colours = subject.colours
        if colours.bands == _GREY:
            return True
        red, green, blue = colours.cast("short").bandsplit()
        apart = (red - green).abs().bandjoin((green - blue).abs()).bandjoin((red - blue).abs())
        if subject.opacity is not None:
            apart = (subject.opacity > 0).ifthenelse(apart, 0)
        furthest: Any = apart.max()
        return bool(furthest <= self.tolerance)
