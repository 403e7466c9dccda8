"""What a picture shows as a whole."""

from __future__ import annotations

from image_worker.analysis.seeing import Confidence, Labels, Most, Name, SeenIn
from image_worker.vision import Wanted

_FEW = 5


class Classify(SeenIn):
    """Labels for the picture as a whole, by a model of the table; none is built in.

    Each has the box of all of the picture.
    """

    name = "classify"
    numeric = False

    model: Name | None = None
    """A name in the table of models; it has to be said."""

    min_confidence: Confidence = 0
    """Least confidence, 0 to 1."""

    classes: Labels = ()
    """Labels that count. Default: all that the model knows."""

    max: Most = _FEW
    """How many are told, the surest first, 1 to 1000."""

    def refusal(self, side: str) -> str:
        """Refuse to guess which model is meant."""
        return super().refusal(side) or (
            "" if self.model else 'expected a "model": classify has none of its own'
        )

    @property
    def wanted(self) -> Wanted:
        """Labels."""
        return Wanted("classify", self.model, self.min_confidence, self.classes, self.max)
