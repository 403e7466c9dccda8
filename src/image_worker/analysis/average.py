"""Average colour."""

from __future__ import annotations

from image_worker.analysis.base import Analyzer, Subject
from image_worker.analysis.clusters import css

_GREY = 1


class Average(Analyzer):
    """The mean colour as `#rrggbb`; null where everything is transparent.

    The mean is taken over the sRGB levels of the whole picture, in which pixels count as much as
    they are opaque.
    """

    name = "average"

    def measure(self, subject: Subject) -> str | None:
        """Return the means of the channels."""
        means = [levels.mean for levels in subject.visible]
        known = [mean for mean in means if mean is not None]
        if len(known) < len(means):
            return None
        return css(known * 3 if len(known) == _GREY else known)
