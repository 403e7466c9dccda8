"""What measurements by detectors share."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import Field

from image_worker.analysis.base import Analyzer
from image_worker.component import Several
from image_worker.vision.telling import told

if TYPE_CHECKING:
    from image_worker.analysis.base import Subject
    from image_worker.vision import Wanted
    from image_worker.vision.telling import Masks

Name = Annotated[str, Field(min_length=1, max_length=200)]
Confidence = Annotated[float, Field(ge=0, le=1)]
Most = Annotated[int, Field(ge=1, le=1000)]
Labels = Annotated[Several[str], Field(max_length=100)]


class SeenIn(Analyzer):
    """One look at the picture; conditions compare how many things it found."""

    extra = "vision"
    numeric = True
    reads = "sight"
    seconds_per_megapixel: ClassVar[float] = 0.05

    @property
    @abstractmethod
    def wanted(self) -> Wanted:
        """What is looked for."""

    def measure(self, subject: Subject) -> dict[str, Any]:
        """Return all that was found, the surest first, and the model that looked."""
        return told(subject.picture.detect(self.wanted), self._form)

    def fact(self, measured: Any) -> int:
        """Return how many were found."""
        return len(measured["detections"])

    @property
    def _form(self) -> Masks:
        return "none"
