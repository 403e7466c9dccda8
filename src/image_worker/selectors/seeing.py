"""What detectors find: faces, things by their name, text, codes."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, Self

import pyvips
from pydantic import Field

from image_worker.component import Several
from image_worker.selectors.base import Named, Selector
from image_worker.selectors.drawing import rectangle_mask
from image_worker.vision import Found, Wanted
from image_worker.vision.masks import mask_image

if TYPE_CHECKING:
    from image_worker.fields import Box
    from image_worker.picture import Picture
    from image_worker.vision import Detection

_MOST = 1000


class Seeing(Selector):
    """What a detector finds; all of it together where one part is asked for."""

    extra: ClassVar[str] = "vision"
    by_content: ClassVar[bool] = True

    @property
    @abstractmethod
    def wanted(self) -> Wanted:
        """What the detector looks for."""

    def found(self, picture: Picture) -> Found:
        """Return what there is in the picture, the surest first."""
        return picture.detect(self.wanted)

    def area(self, picture: Picture) -> pyvips.Image:
        """Return the boxes of all that was found, or their masks where there are some."""
        mask = pyvips.Image.black(*picture.size)
        for one in self.found(picture).detections:
            mask = mask.maxpair(part_of(one, picture))
        return mask


def part_of(one: Detection, picture: Picture) -> pyvips.Image:
    """Return the mask of one detection, as large as the picture."""
    return mask_image(one.mask) if one.mask else rectangle_mask(picture.size, one.box)


class Faces(Seeing, Named):
    """All faces."""

    name = "faces"

    @property
    def wanted(self) -> Wanted:
        """Faces."""
        return Wanted("faces")


class Face(Seeing, Named):
    """The largest face."""

    name = "face"

    @property
    def wanted(self) -> Wanted:
        """Faces."""
        return Wanted("faces")

    def found(self, picture: Picture) -> Found:
        """Return the largest, if there is one."""
        found = super().found(picture)
        largest = sorted(found.detections, key=lambda one: -_area(one.box))[:1]
        return replace(found, detections=tuple(largest))


class Text(Seeing, Named):
    """All lines of text."""

    name = "text"
    extra: ClassVar[str] = "ocr"

    @property
    def wanted(self) -> Wanted:
        """Text."""
        return Wanted("text")


class Thing(Seeing, Named):
    """All things that are called so, such as `"object:dog"`; the model must know the word."""

    name = "object:"

    label: Annotated[str, Field(min_length=1, max_length=200)]
    """What they are called."""

    @classmethod
    def said(cls, text: str) -> Self:
        """Return the selector of what the text names after the colon."""
        return cls(label=text.removeprefix(cls.name))

    @property
    def text(self) -> str:
        """The name with what they are called."""
        return f"{self.name}{self.label}"

    @property
    def wanted(self) -> Wanted:
        """Things of that name."""
        return Wanted("objects", classes=(self.label,))


class Detect(Seeing):
    """What a detector finds, with all that can be said of how it looks."""

    name = "detect"

    detect: Literal["faces", "objects", "text", "codes"]
    """What is looked for; `text` needs the extra `ocr`."""

    model: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    """A name in the table of models. Default: the usual one."""

    min_confidence: Annotated[float, Field(ge=0, le=1)] | None = None
    """Least confidence, 0 to 1. Default: what suits the model, mostly 0.5."""

    classes: Annotated[Several[str], Field(max_length=100)] = ()
    """Labels that count. Default: all."""

    max: Annotated[int, Field(ge=1, le=_MOST)] | None = None
    """How many count, the surest first, 1 to 1000. Default: 100."""

    tiles: bool = False
    """Whether to look at overlapping parts too: finds smaller things, and takes longer."""

    masks: bool = False
    """Whether the outline of each thing is meant instead of its box, where the model gives one."""

    @property
    def wanted(self) -> Wanted:
        """What the fields say."""
        return Wanted(
            self.detect,
            self.model,
            self.min_confidence,
            self.classes,
            self.max,
            self.tiles,
            self.masks,
        )


def _area(box: Box) -> int:
    return box.size.width * box.size.height
