"""Faces."""

from __future__ import annotations

from image_worker.analysis.seeing import Confidence, Most, Name, SeenIn
from image_worker.vision import Wanted


class Faces(SeenIn):
    """Faces: their boxes, and where eyes, nose, mouth and ears are.

    The built-in model (BlazeFace, short range) finds faces that are turned towards the camera or
    half away, and fill about a tenth of the picture's longer side or more; `tiles` finds smaller
    ones. It misses faces from behind, upside down, masked or much in the dark, so it is no proof
    that nobody is there. Landmarks are named as the person would: the right eye is at the left.
    Conditions compare the number of faces: `{"faces": {"=": 0}}`.
    """

    name = "faces"

    model: Name | None = None
    """A name in the table of models. Default: the usual one for faces."""

    min_confidence: Confidence | None = None
    """Least confidence, 0 to 1. Default: what suits the model, mostly 0.5."""

    max: Most | None = None
    """How many are told, the surest first, 1 to 1000. Default: 100."""

    tiles: bool = False
    """Whether to look at overlapping parts too: finds smaller faces, and takes twice as long."""

    @property
    def wanted(self) -> Wanted:
        """Faces."""
        return Wanted("faces", self.model, self.min_confidence, most=self.max, tiles=self.tiles)
