"""Remove the background."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, NamedTuple, Self

import pyvips
from pydantic import Field, model_validator

from image_worker.errors import TooLittleFoundError
from image_worker.operations.base import Effect
from image_worker.picture import in_memory
from image_worker.pixels.cutting import cut, each_cut
from image_worker.selectors import AnySelector
from image_worker.vision import Wanted
from image_worker.vision.flat import ground
from image_worker.vision.grabcut import cut_out, seconds

if TYPE_CHECKING:
    from image_worker.fields import Box, Size
    from image_worker.picture import Picture
    from image_worker.selectors import Selector

_FULL = 255
_CERTAIN = 0.85
"""Share of the border that is one even colour, from which on `auto` takes the ground for flat. In
photographs of scenes it was at most 0.6, in pictures of goods at least 0.95."""
_UNSURE = 0.25
"""Confidence from which on a person is reported; `min_confidence` decides."""
_INSIDE = 0.2
"""Part of a person's box that the mask must fill to be believed."""
_LEAST_SHARE, _MOST_SHARE = 0.001, 0.995
"""How much of the picture may be subject; beyond that nothing was told apart."""
_NEEDED = ("model", "box")
_DOUBTS = {
    "people": "that a person is in the foreground",
    "flat": "that the ground is even",
    "model": "from the model",
}


class _Cutout(NamedTuple):
    """A subject, and how it was found."""

    method: str
    mask: pyvips.Image
    confidence: float | None
    """0 to 1; nothing where nobody can say."""
    model: dict[str, Any] | None = None


class RemoveBackground(Effect):
    """Make everything transparent but the subject.

    What is built in knows two kinds of pictures: people in the foreground, and things on an even
    ground, such as pictures of goods. `auto` tells them apart and fails where it sees neither. For
    all else name a `model`, or the `box` that the subject is in. The step tells in the answer which
    `method` was used, and its `confidence`. Each frame of an animation is cut out on its own.
    """

    name = "remove_background"
    extra: ClassVar[str] = "vision"
    keeps_content: ClassVar[bool] = False
    seconds_per_megapixel = 0.3
    examples = ({"fallback": "unchanged"},)

    method: Literal["auto", "people", "flat", "box", "model"] = "auto"
    """`people` in the foreground, things on a `flat` ground of one even colour, what stands out in
    a `box`, or what a named `model` knows. `auto` takes `model` or `box` where they are given, and
    else looks which of the first two fits."""

    model: str | None = None
    """A model of the table that gives a mask."""

    box: AnySelector | None = None
    """Where the subject is, for `box`; any selector, of which the box counts."""

    output: Literal["cutout", "mask"] = "cutout"
    """The subject with transparency around it, or a grey picture: white is subject."""

    refine: Literal["none", "decontaminate"] = "decontaminate"
    """Whether colours of the background are taken out of the soft edge."""

    threshold: Annotated[float, Field(ge=0, le=1)] | None = None
    """Share from which on a pixel is all subject, and below which it is none. Default: the edge
    stays soft."""

    min_confidence: Annotated[float, Field(ge=0, le=1)] = 0.5
    """Least confidence: of a person for `people`, the share of the border that is of the even
    colour for `flat`, the share of pixels that are surely one or the other for `model`."""

    fallback: Literal["error", "unchanged"] = "error"
    """Whether the job fails where no subject is found, or the picture stays as it is, with a
    warning."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        for method in _NEEDED:
            given = getattr(self, method) is not None
            if given and self.method not in {"auto", method}:
                raise ValueError(f'expected "{method}" only with "method": "{method}"')
            if self.method == method and not given:
                raise ValueError(f'expected "{method}" with "method": "{method}"')
        if self.model is not None and self.box is not None:
            raise ValueError('expected "model" or "box", got both')
        return self

    def run(self, picture: Picture) -> Picture:
        """Cut the subject out of every frame."""
        picture = picture.each(in_memory)
        try:
            picture, first = each_cut(picture, self._cutout, self._shown)
        except TooLittleFoundError as error:
            if self.fallback == "error":
                raise
            return picture.note("background_kept", f"{error.message}; nothing was removed")
        picture = picture.tell("method", first.method).tell("confidence", first.confidence)
        return picture.tell("model", first.model) if first.model else picture

    def cost(self, size: Size) -> float:
        """Return what finding the edge costs, and cutting it out."""
        return super().cost(size) + (seconds(size) if self.box is not None else 0)

    def _shown(self, image: pyvips.Image, mask: pyvips.Image) -> pyvips.Image:
        if self.threshold is not None:
            mask = in_memory((mask >= max(1, self.threshold * _FULL)).ifthenelse(_FULL, 0))
        if self.output == "mask":
            return mask.copy(interpretation="b-w")
        return cut(image, mask, decontaminate=self.refine == "decontaminate")

    def _cutout(self, picture: Picture) -> _Cutout:
        """Return the subject; raises a `TooLittleFoundError`."""
        found = self._by_method(picture)
        if found.confidence is not None and found.confidence < self.min_confidence:
            raise TooLittleFoundError(
                f"expected a confidence of at least {self.min_confidence:g} "
                f"{_DOUBTS[found.method]}, got {found.confidence:g}"
            )
        share = found.mask.avg() / _FULL
        if not _LEAST_SHARE <= share <= _MOST_SHARE:
            raise TooLittleFoundError(
                "expected a subject that can be told from its background, got "
                f"{share:.1%} of the picture as subject"
            )
        return found

    def _by_method(self, picture: Picture) -> _Cutout:
        if self.box is not None:
            return _boxed(picture, self.box)
        if self.model is not None:
            matte = picture.matte(self.model)
            return _Cutout("model", matte.mask, matte.confidence, matte.model.as_json())
        if self.method == "people":
            return _people(picture)
        flat = _flat(picture)
        if self.method == "flat" or (flat.confidence or 0) >= _CERTAIN:
            return flat
        people = _people(picture)
        if (people.confidence or 0) >= self.min_confidence:
            return people
        raise TooLittleFoundError(
            "expected a person in the foreground or an even ground, got neither; name a model, or "
            "the box that the subject is in"
        )


def _flat(picture: Picture) -> _Cutout:
    found = ground(picture.image, picture.size)
    return _Cutout("flat", found.mask, found.border)


def _people(picture: Picture) -> _Cutout:
    """Return the people, as surely as one was found where the mask is."""
    matte = picture.matte()
    persons = [
        one
        for one in picture.detect(Wanted("objects", min_confidence=_UNSURE)).detections
        if one.label == "person"
    ]
    faces = picture.detect(Wanted("faces")).detections
    confidence = max(
        (one.confidence for one in (*persons, *faces) if _fills(matte.mask, one.box)), default=0.0
    )
    return _Cutout("people", matte.mask, confidence, matte.model.as_json())


def _fills(mask: pyvips.Image, box: Box) -> bool:
    return bool(mask.crop(box.left, box.top, *box.size).avg() >= _INSIDE * _FULL)


def _boxed(picture: Picture, selector: Selector) -> _Cutout:
    box = selector.box(picture)
    if box is None:
        raise TooLittleFoundError('expected something in "box", got nothing')
    return _Cutout("box", cut_out(picture.image, picture.size, box), None)
