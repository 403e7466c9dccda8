"""Redact."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, NamedTuple, Self

from pydantic import Field, model_validator

from image_worker.color import Color, rgba
from image_worker.errors import StillSeenError, TooLittleFoundError
from image_worker.fields import Distance, Length, Size, pixels
from image_worker.morphology import grown
from image_worker.operations.base import Operation
from image_worker.picture import in_memory, ink, on_premultiplied
from image_worker.pixels.cutting import singles
from image_worker.pixels.regions import Region, touched, whole_box
from image_worker.selectors import AnySelector, Selector
from image_worker.selectors.box import BoxSelector
from image_worker.selectors.seeing import Face, Seeing, part_of
from image_worker.selectors.union import Union

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyvips

    from image_worker.fields import Box
    from image_worker.picture import Picture
    from image_worker.vision import Detection

_PARTS = 8
"""Values that are left along the longer side of a region, at most."""
_PARTS_OF_FOUND = 4
"""The same of what a detector found: of more, it would find some faces again."""
_SMALLEST = 8
"""Pixels that become one value at least, however small the region is."""
_AROUND_FOUND = 0.15
"""How far what a detector found grows, whose boxes are close: a share of the shorter side."""

_AGAIN = 3
"""How often what is found in the result is hidden too."""

_HIDING, _GROWING, _LOOKING = 0.1, 0.2, 0.05
"""CPU seconds a megapixel for each region, for making it larger, and for a detector, by
estimate."""


class _Hiding(NamedTuple):
    """A region, and how many values of it may be left along its longer side."""

    region: Region
    parts: int


class Redact(Operation):
    """Hide parts of the picture for good, such as faces, names and number plates.

    Every pixel that a region touches is replaced, also the colours under transparent pixels and
    the transparency itself. At most 8 x 8 values of a region are left, whatever `size` or `sigma`
    say, and 4 x 4 of what a detector found. A job with this step keeps no metadata of the source,
    is never cached, and never hands the source back. It cannot be limited to a part, blended or
    skipped on failure; `when` may only ask for what the header of the file says.

    Where regions are named by what is in them (`"faces"`, `"text"`, `"object:person"`), each frame
    is looked at on its own, and the job fails where the detector is missing or fails. Detectors
    miss things: small, turned and covered faces above all. Use `require` where you know how many
    there are, and have a person look where it matters.
    """

    name = "redact"
    examples = ({"regions": [{"left": "58%", "top": "41%", "right": "75%", "bottom": "63%"}]},)
    secret: ClassVar[bool] = True
    keeps_content: ClassVar[bool] = False

    regions: AnySelector
    """What is hidden; each part of a list on its own, and each thing that a detector finds."""

    method: Literal["pixelate", "blur", "fill"] = "pixelate"
    """`pixelate` leaves blocks of one colour, `blur` makes the blocks soft, `fill` leaves
    nothing."""

    size: Length | None = None
    """Side of a block for `pixelate`: pixels, or a share of the region. Default, and least: an
    eighth of the region's longer side, a quarter of what a detector found, and 8 pixels."""

    sigma: Length | None = None
    """Sigma for `blur`: pixels, or a share of the region. Default, and least: as for `size`."""

    color: Color = "black"
    """Opaque colour for `fill`."""

    expand: Distance | None = None
    """How far regions grow on all sides: pixels, or a share of the region's longer side. Default:
    15 % of the shorter side of what a detector found, else 0."""

    require: Annotated[int, Field(ge=1, le=1000)] | None = None
    """How many things detectors must find at least, in each frame; the job fails where they find
    fewer. Default: any number, even none, which is told as a warning."""

    verify: bool = False
    """Whether to look once more at the result. What is found then is hidden too, as one colour, up
    to three times, and the job fails if there is still something. It concerns regions that a
    detector found; those that are given by their place need no second look, as everything in them
    is replaced."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not rgba(self.color).opaque:
            raise ValueError('expected an opaque "color", got one that shows what is under it')
        for field, method in (("size", "pixelate"), ("sigma", "blur"), ("color", "fill")):
            if field in self.model_fields_set and self.method != method:
                key = type(self).model_fields[field].alias or field
                raise ValueError(f'expected "{key}" only with "method": "{method}"')
        if self.require is not None and not any(map(_is_seeing, self._parts)):
            raise ValueError('expected "require" only where a detector finds the "regions"')
        return self

    @property
    def _parts(self) -> tuple[Selector, ...]:
        return self.regions.parts if isinstance(self.regions, Union) else (self.regions,)

    def run(self, picture: Picture) -> Picture:
        """Hide the regions in every frame."""
        picture = picture.each(in_memory)
        found = []
        for frame in singles(picture):
            picture, in_frame = self._found(picture, frame)
            found.append(in_frame)
        picture = self._all_hidden(picture, found)
        hidden = [each.region.box for in_frame in found for each in in_frame]
        for left in range(_AGAIN, -1, -1) if self.verify else ():
            again = [list(self._again(frame, hidden)) for frame in singles(picture)]
            if not any(again):
                break
            if not left:
                self._give_up(again)
            picture = self._all_hidden(picture, again)
            hidden += [each.region.box for in_frame in again for each in in_frame]
        return picture.tell("regions", [box._asdict() for box in dict.fromkeys(hidden)])

    def _all_hidden(self, picture: Picture, found: list[list[_Hiding]]) -> Picture:
        """Return the picture without what was found in each of its frames."""
        frames = []
        for frame, in_frame in zip(picture.frames, found, strict=True):
            hidden = frame
            for each in in_frame:
                picture = self._strengthened(picture, each)
                hidden = self._hidden(hidden, each)
            frames.append(hidden)
        if self.method == "fill" and any(found):  # all frames have the same bands
            frames = [ink(frame, self.color)[0] for frame in frames]
        return replace(picture, frames=tuple(frames))

    def cost(self, size: Size) -> float:
        """Return the sum of all regions."""
        seconds = _HIDING + (_GROWING if pixels(self.expand or 0, max(size), size) else 0)
        looks = sum(map(_is_seeing, self._parts)) * (2 + _AGAIN if self.verify else 1)
        return (seconds * len(self._parts) + _LOOKING * looks) * size.megapixels

    def _found(self, picture: Picture, frame: Picture) -> tuple[Picture, list[_Hiding]]:
        """Return what is to be hidden in a frame, and the picture with what is to be told of it."""
        found: list[_Hiding] = []
        seen = empty = 0
        for part in self._parts:
            if _is_seeing(part):
                regions = list(self._seen(part, frame))
                found += [_Hiding(region, _PARTS_OF_FOUND) for region in regions]
                seen += len(regions)
            elif region := self._region(part, frame):
                found.append(_Hiding(region, _PARTS))
            else:
                empty += 1
        if self.require is not None and seen < self.require:
            raise TooLittleFoundError(f"expected {self.require} or more to hide, found {seen}")
        if empty:
            picture = picture.note(
                "region_empty", f"{empty} of {len(self._parts)} regions hold no pixel"
            )
        if not seen and any(map(_is_seeing, self._parts)):
            picture = picture.note("nothing_to_hide", "no detector found anything to hide")
        return picture, found

    def _seen(self, part: Selector, frame: Picture) -> Iterator[Region]:
        """Yield everything that a detector finds, with what is around it."""
        for one in part.found(frame).detections if isinstance(part, Seeing) else ():
            region = self._of_detection(one, part, frame)
            if region:
                yield region

    def _of_detection(self, one: Detection, part: Selector, frame: Picture) -> Region | None:
        size = frame.size
        further = sum(pixels(each, min(size), size) for each in (part.expand, part.feather))
        if self.expand is None:
            further += _AROUND_FOUND * min(one.box.size)
        else:
            further += pixels(self.expand, max(one.box.size), size)
        if not one.mask:
            return whole_box(one.box, further, size)
        mask = in_memory(part_of(one, frame) > 0)
        return touched(in_memory(grown(mask, further) > 0) if further else mask, 0, size)

    def _region(self, part: Selector, frame: Picture) -> Region | None:
        """Return all pixels that the part touches, be it ever so little."""
        mask = in_memory(part.coverage(frame) > 0)
        if isinstance(part, BoxSelector) and _cuts_pixels(part, frame.size):
            mask = grown(mask, 1)
        return touched(mask, self.expand or 0, frame.size)

    def _strength(self, hiding: _Hiding) -> tuple[float | None, float]:
        """Return the pixels that were asked for, and those that become one value."""
        asked = self.size if self.method == "pixelate" else self.sigma
        size = hiding.region.box.size
        wanted = None if asked is None else pixels(asked, max(size), size)
        return wanted, max(wanted or 0, max(size) / hiding.parts, _SMALLEST)

    def _strengthened(self, picture: Picture, hiding: _Hiding) -> Picture:
        """Return the picture with a notice if more is hidden than was asked for."""
        wanted, strength = self._strength(hiding)
        if not wanted or wanted >= strength:
            return picture
        return picture.note(
            "redact_strengthened",
            f"{wanted:g} pixels would hide too little of a region of "
            f"{'x'.join(map(str, hiding.region.box.size))}; {strength:g} were used",
        )

    def _hidden(self, image: pyvips.Image, hiding: _Hiding) -> pyvips.Image:
        """Return the frame without what was in the region."""
        box, inside = hiding.region
        if self.method == "fill":
            image, color = ink(image, self.color)
            part = image.crop(box.left, box.top, *box.size)
            replaced: pyvips.Image = part * 0 + color
        else:
            _, strength = self._strength(hiding)
            part = image.crop(box.left, box.top, *box.size)
            replaced = on_premultiplied(part, lambda levels: self._coarse(levels, strength))
        replaced = replaced.cast("uchar").copy(interpretation=image.interpretation)
        hidden = inside.ifthenelse(replaced, part)
        return in_memory(image.insert(hidden, box.left, box.top))

    def _coarse(self, part: pyvips.Image, strength: float) -> pyvips.Image:
        """Return the part made from few values alone, so that no arithmetic brings back more."""
        across = max(1, int(part.width / strength))
        down = max(1, int(part.height / strength))
        few = in_memory(
            part.resize(across / part.width, vscale=down / part.height, kernel="linear")
        )
        kernel = "nearest"
        if self.method == "blur":  # of so few values, a sigma of one value is a sigma of `strength`
            few, kernel = few.gaussblur(1, precision="float"), "cubic"
        return few.resize(part.width / few.width, vscale=part.height / few.height, kernel=kernel)

    def _again(self, frame: Picture, hidden: list[Box]) -> Iterator[_Hiding]:
        """Yield what detectors find in the result, as if for the first time."""
        for part in self._parts:
            if not isinstance(part, Seeing) or part.invert:
                continue
            for one in frame.detect(part.wanted, afresh=True).detections:
                region = self._of_detection(one, part, frame)
                if region and (_means_all(part) or _lies_in(one.box, hidden)):
                    yield _Hiding(region, 1)

    def _give_up(self, again: list[list[_Hiding]]) -> None:
        boxes = [tuple(each.region.box) for in_frame in again for each in in_frame]
        raise StillSeenError(
            f"expected nothing to be found after hiding, found {len(boxes)}, the first at "
            f"{boxes[0]}; nothing was handed on"
        )


def _is_seeing(part: Selector) -> bool:
    """Tell whether a detector finds the part, each thing on its own."""
    return isinstance(part, Seeing) and not part.invert


def _means_all(part: Seeing) -> bool:
    """Tell whether the part is everything of its kind, so that nothing of it may be left."""
    return not isinstance(part, Face) and part.wanted.most is None


def _lies_in(box: Box, hidden: list[Box]) -> bool:
    """Tell whether the middle of the box is in a hidden one."""
    x, y = (box.left + box.right) / 2, (box.top + box.bottom) / 2
    return any(each.left <= x < each.right and each.top <= y < each.bottom for each in hidden)


def _cuts_pixels(part: BoxSelector, size: Size) -> bool:
    """Tell whether an edge was rounded, so that up to half of a pixel may have been left out."""
    across = (pixels(edge, size.width, size) for edge in (part.left, part.right))
    down = (pixels(edge, size.height, size) for edge in (part.top, part.bottom))
    return any(edge != int(edge) for edge in (*across, *down))
