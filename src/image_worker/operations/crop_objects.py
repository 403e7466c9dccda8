"""Crop objects."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, NamedTuple

from pydantic import Field

from image_worker.affine import Affine
from image_worker.fields import Box, Distance, Size, pixels
from image_worker.operations.base import Forgiving
from image_worker.picture import in_memory
from image_worker.selectors import AnySelector, Named
from image_worker.selectors.seeing import Seeing
from image_worker.selectors.union import Union

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyvips

    from image_worker.picture import Picture
    from image_worker.selectors import Selector

_SEEING = 0.05
"""CPU seconds a megapixel for each detector, by estimate."""


class _Thing(NamedTuple):
    """What is cut out, and what is told of it."""

    box: Box
    facts: dict[str, Any]


class CropObjects(Forgiving):
    """Make a further result of each thing that is found, named `object_1`, `object_2` and so on.

    They stand in `outputs`, written as `output` says, the surest first. The picture itself goes on
    unchanged; steps that follow are done to it, and to each of the things too. A job can do this
    once.
    """

    name = "crop_objects"
    extra: ClassVar[str] = "vision"
    sets_aside: ClassVar[str] = "object"
    keeps_content: ClassVar[bool] = True
    examples = ({"to": "subject"},)

    to: AnySelector
    """What is cut out: each thing that a detector finds, and each other part of a list."""

    margin: Distance = 0
    """How much more is kept on all sides: pixels, or a share of the longer side of each thing."""

    max: Annotated[int, Field(ge=1, le=100)] = 10
    """How many results are made at most, 1 to 100; the limit on results counts too."""

    def run(self, picture: Picture) -> Picture:
        """Set every thing aside."""
        picture = picture.each(in_memory)
        parts = self.to.parts if isinstance(self.to, Union) else (self.to,)
        things = [thing for part in parts for thing in _things(part, picture)][: self.max]
        if not things:
            picture = picture.note("no_objects", "nothing was found that could be cropped")
        apart = []
        for thing in things:
            box = self._around(thing.box, picture.size)
            cut = picture.each(partial(_cut, box=box)).came_from(Affine.moved(box.left, box.top))
            apart.append(replace(cut, nominal=None, sight=picture.sight.fresh(), notices=()))
        told = [
            {"name": f"{self.sets_aside}_{number}", **thing.facts, "box": thing.box._asdict()}
            for number, thing in enumerate(things, 1)
        ]
        return replace(picture, apart=tuple(apart)).tell("objects", told)

    def cost(self, size: Size) -> float:
        """Return what looking costs; cropping and writing small parts is hardly more."""
        parts = self.to.parts if isinstance(self.to, Union) else (self.to,)
        return (self.seconds_per_megapixel + _SEEING * len(parts)) * size.megapixels

    def _around(self, box: Box, size: Size) -> Box:
        more = round(pixels(self.margin, max(box.size), size))
        return Box(
            max(0, box.left - more),
            max(0, box.top - more),
            min(size.width, box.right + more),
            min(size.height, box.bottom + more),
        )


def _things(part: Selector, picture: Picture) -> Iterator[_Thing]:
    """Yield what one part selects: each thing that a detector finds, or the box of all of it."""
    if isinstance(part, Seeing) and not part.invert:
        for one in part.found(picture).detections:
            yield _Thing(one.box, {"label": one.label, "confidence": one.confidence})
        return
    box = part.box(picture)
    if box is not None:
        yield _Thing(box, {"label": part.text} if isinstance(part, Named) else {})


def _cut(image: pyvips.Image, box: Box) -> pyvips.Image:
    return image.crop(box.left, box.top, *box.size)
