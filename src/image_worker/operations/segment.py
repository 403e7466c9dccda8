"""Segment."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, NamedTuple, Self

import pyvips
from pydantic import Field, model_validator

from image_worker.component import Several
from image_worker.errors import TooLittleFoundError
from image_worker.fields import Box, Place, Size, pixels
from image_worker.operations.base import Effect
from image_worker.picture import in_memory
from image_worker.pixels.cutting import cut, each_cut
from image_worker.selectors import AnySelector
from image_worker.selectors.base import bounding_box
from image_worker.vision import Detection, Mask, Wanted
from image_worker.vision.grabcut import cut_out, seconds
from image_worker.vision.masks import mask_image, mask_json

if TYPE_CHECKING:
    from image_worker.picture import Picture
    from image_worker.vision import Found

_FULL = 255
_PERSON = "person"
_INSIDE = 0.25
"""Part of a person's box that the mask of people must fill to be believed."""
_PROMPTS = ("box", "points", "classes", "model")

Point = Annotated[Several[Place], Field(min_length=2, max_length=2)]


class _Segment(NamedTuple):
    """A mask, and how it came about."""

    method: str
    mask: pyvips.Image
    found: tuple[Detection, ...] = ()
    model: dict[str, Any] | None = None


class Segment(Effect):
    """Cut one thing out, which a box, points or its name tell, or the people in the foreground.

    Edges are found by colours (GrabCut) inside of the box of each thing, unless a named model gives
    masks. That works where a thing differs from what is around its box, and badly in a box that is
    the whole picture. The step tells in the answer which `method` was used, and the `box` of what
    it cut out.
    """

    name = "segment"
    extra: ClassVar[str] = "vision"
    keeps_content: ClassVar[bool] = False
    seconds_per_megapixel = 0.3
    examples = ({"box": {"left": "27%", "top": "3%", "right": "70%", "bottom": "82%"}},)

    box: AnySelector | None = None
    """What is around the thing: a box, or any selector such as `"object:cat"`, whose box counts."""

    points: Annotated[Several[Point], Field(min_length=1, max_length=20)] | None = None
    """Points as `[x, y]` in one thing: the smallest one that the detector finds around all."""

    classes: Annotated[Several[str], Field(min_length=1, max_length=100)] | None = None
    """What the things are called; all of them are cut out."""

    model: str | None = None
    """A model of the table that finds things with their masks, or one that gives a mask of the
    foreground. Default: the usual one for objects."""

    output: Literal["cutout", "mask"] = "cutout"
    """The thing with transparency around it, or a grey picture: white is inside."""

    masks: Literal["none", "rle", "png", "polygon"] = "none"
    """How the mask is told in the answer too: COCO's run lengths, a PNG as a data URI, or
    outlines as lists of `[x, y]`."""

    min_confidence: Annotated[float, Field(ge=0, le=1)] | None = None
    """Least confidence of things that a detector finds. Default: what suits the model."""

    fallback: Literal["error", "unchanged"] = "error"
    """Whether the job fails where nothing is found, or the picture stays as it is, with a
    warning."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        given = [name for name in _PROMPTS if getattr(self, name) is not None]
        told = [name for name in given if name != "model"]
        if len(told) > 1 or ("box" in given and "model" in given):
            raise ValueError(
                f"expected one of {', '.join(_PROMPTS[:3])}, got {' and '.join(given)}"
            )
        return self

    def run(self, picture: Picture) -> Picture:
        """Cut the thing out of every frame."""
        picture = picture.each(in_memory)
        try:
            picture, first = each_cut(picture, self._segment, self._shown)
        except TooLittleFoundError as error:
            if self.fallback == "error":
                raise
            return picture.note("nothing_segmented", f"{error.message}; nothing was cut out")
        return self._told(picture, first)

    def cost(self, size: Size) -> float:
        """Return what finding one edge costs, and cutting it out."""
        return super().cost(size) + seconds(size)

    def _shown(self, image: pyvips.Image, mask: pyvips.Image) -> pyvips.Image:
        if self.output == "mask":
            return mask.copy(interpretation="b-w")
        return cut(image, mask, decontaminate=True)

    def _told(self, picture: Picture, made: _Segment) -> Picture:
        around = bounding_box(made.mask)
        picture = picture.tell("method", made.method)
        picture = picture.tell("box", around._asdict() if around else None)
        if made.found:
            picture = picture.tell("confidence", max(one.confidence for one in made.found))
        if made.model:
            picture = picture.tell("model", made.model)
        if self.masks == "none":
            return picture
        levels = bytes(made.mask.write_to_memory())
        whole = Mask(picture.size, Box(0, 0, *picture.size), picture.size, levels)
        return picture.tell("mask", mask_json(whole, self.masks))

    def _segment(self, picture: Picture) -> _Segment:
        """Return the mask; raises a `TooLittleFoundError`."""
        made = self._by_prompt(picture)
        if not made.mask.max():
            raise TooLittleFoundError("expected something to cut out, found nothing")
        return made

    def _by_prompt(self, picture: Picture) -> _Segment:
        if self.box is not None:
            box = self.box.box(picture)
            if box is None:
                raise TooLittleFoundError('expected something in "box", found nothing')
            return _Segment("box", cut_out(picture.image, picture.size, box))
        if self.points is None and self.classes is None and not self._has_objects(picture):
            matte = picture.matte(self.model)
            return _Segment("matte", matte.mask, (), matte.model.as_json())
        return self._by_detector(picture)

    def _has_objects(self, picture: Picture) -> bool:
        """Tell whether the named model is a detector."""
        if self.model is None:
            return False
        spec = picture.sight.models.table.get(self.model)
        return spec is None or spec.task == "objects"

    def _by_detector(self, picture: Picture) -> _Segment:
        found = picture.detect(
            Wanted(
                "objects",
                self.model,
                self.min_confidence,
                self.classes or (),
                masks=self.model is not None,
            )
        )
        chosen = self._chosen(found, picture)
        if not chosen:
            raise TooLittleFoundError("expected something to cut out, found nothing")
        masks = [_outlined(picture, one) for one in chosen]
        mask = in_memory(reduce(lambda one, other: one.maxpair(other), masks))
        return _Segment("objects", mask, chosen, found.model.as_json())

    def _chosen(self, found: Found, picture: Picture) -> tuple[Detection, ...]:
        """Return what was meant: all of it, or the smallest around the points."""
        if self.points is None:
            return found.detections
        size = picture.size
        places = [(pixels(x, size[0], size), pixels(y, size[1], size)) for x, y in self.points]
        around = [one for one in found.detections if all(_within(one.box, *at) for at in places)]
        return tuple(sorted(around, key=lambda one: one.box.size.megapixels)[:1])


def _within(box: Box, x: float, y: float) -> bool:
    return box.left <= x < box.right and box.top <= y < box.bottom


def _outlined(picture: Picture, one: Detection) -> pyvips.Image:
    """Return the mask of a thing: the model's, that of people, or by its colours."""
    if one.mask:
        return mask_image(one.mask)
    if one.label == _PERSON:
        left, top, *_ = one.box
        people = picture.matte().mask.crop(left, top, *one.box.size)
        if people.avg() >= _INSIDE * _FULL:
            return people.embed(left, top, *picture.size)
    return cut_out(picture.image, picture.size, one.box)
