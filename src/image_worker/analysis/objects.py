"""Things by their names."""

from __future__ import annotations

from image_worker.analysis.seeing import Confidence, Labels, Most, Name, SeenIn
from image_worker.vision import Wanted
from image_worker.vision.telling import Masks


class Objects(SeenIn):
    """Things: what they are called, and their boxes.

    The built-in model (SSD MobileNetV2, trained on Open Images) knows 23 kinds: bicycle, book,
    boot, bottle, box, camera, car, cat, cattle, chair, coffee cup, computer monitor, computer
    mouse, desk, dog, footwear, high heels, laptop, mug, person, stationary bicycle, table and
    vehicle. It is a floor that works without a download: it misses small and crowded things, and
    calls what it does not know by what it knows. A better model from the table takes over by its
    name. Conditions compare the number of things.
    """

    name = "objects"

    model: Name | None = None
    """A name in the table of models. Default: the usual one for objects."""

    min_confidence: Confidence | None = None
    """Least confidence, 0 to 1. Default: what suits the model, mostly 0.5."""

    classes: Labels = ()
    """Labels that count, such as `["person", "dog"]`. Default: all that the model knows."""

    max: Most | None = None
    """How many are told, the surest first, 1 to 1000. Default: 100."""

    tiles: bool = False
    """Whether to look at overlapping parts too: finds smaller things, and takes much longer."""

    masks: Masks = "none"
    """Whether and how to tell which pixels belong to each thing, where the model says: COCO's run
    lengths, a grey PNG as a data URI, or outlines as lists of `[x, y]`."""

    @property
    def wanted(self) -> Wanted:
        """Objects."""
        return Wanted(
            "objects",
            self.model,
            self.min_confidence,
            self.classes,
            self.max,
            self.tiles,
            self.masks != "none",
        )

    @property
    def _form(self) -> Masks:
        return self.masks
