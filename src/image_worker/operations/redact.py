"""Redact."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Literal, NamedTuple, Self

import pyvips
from pydantic import model_validator

from image_worker.color import Color, rgba
from image_worker.fields import Box, Distance, Length, Size, pixels
from image_worker.morphology import grown
from image_worker.operations.base import Operation
from image_worker.picture import in_memory, ink, on_premultiplied
from image_worker.selectors import AnySelector, Selector
from image_worker.selectors.box import BoxSelector
from image_worker.selectors.union import Union

if TYPE_CHECKING:
    from image_worker.picture import Picture

_PARTS = 8
"""Values that are left along the longer side of a region, at most."""

_SMALLEST = 8
"""Pixels that become one value at least, however small the region is."""


_HIDING, _GROWING = 0.1, 0.2
"""CPU seconds a megapixel for each region, and for making it larger, by estimate."""


class _Region(NamedTuple):
    """A part that is hidden: its box, and which pixels of the box belong to it."""

    box: Box
    inside: pyvips.Image


class Redact(Operation):
    """Hide parts of the picture for good, such as faces, names and number plates.

    Every pixel that a region touches is replaced, also the colours under transparent pixels and
    the transparency itself. At most 8 x 8 values of a region are left, whatever `size` or `sigma`
    say. A job with this step keeps no metadata of the source, is never cached, and never hands
    the source back. It cannot be limited to a part, blended or skipped on failure; `when` may
    only ask for what the header of the file says.
    """

    name = "redact"
    examples = ({"regions": [{"left": "58%", "top": "41%", "right": "75%", "bottom": "63%"}]},)
    secret: ClassVar[bool] = True

    regions: AnySelector
    """What is hidden; each part of a list on its own."""

    method: Literal["pixelate", "blur", "fill"] = "pixelate"
    """`pixelate` leaves blocks of one colour, `blur` makes the blocks soft, `fill` leaves
    nothing."""

    size: Length | None = None
    """Side of a block for `pixelate`: pixels, or a share of the region. Default, and least: an
    eighth of the region's longer side, and 8 pixels."""

    sigma: Length | None = None
    """Sigma for `blur`: pixels, or a share of the region. Default, and least: an eighth of the
    region's longer side, and 8 pixels."""

    color: Color = "black"
    """Opaque colour for `fill`."""

    expand: Distance = 0
    """How far regions grow on all sides: pixels, or a share of the region's longer side such as
    `"15%"`."""

    verify: bool = False
    """Whether to look once more for what was to be hidden, and to fail if it is still found. It
    concerns regions that a detector found; those that are given by their place need no second
    look, as everything in them is replaced."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not rgba(self.color).opaque:
            raise ValueError('expected an opaque "color", got one that shows what is under it')
        for field, method in (("size", "pixelate"), ("sigma", "blur"), ("color", "fill")):
            if field in self.model_fields_set and self.method != method:
                key = type(self).model_fields[field].alias or field
                raise ValueError(f'expected "{key}" only with "method": "{method}"')
        return self

    def run(self, picture: Picture) -> Picture:
        """Hide the same regions in every frame."""
        picture = picture.each(in_memory)
        parts = self.regions.parts if isinstance(self.regions, Union) else (self.regions,)
        regions = [region for part in parts if (region := self._region(part, picture))]
        if len(regions) < len(parts):
            picture = picture.note(
                "region_empty", f"{len(parts) - len(regions)} of {len(parts)} regions hold no pixel"
            )
        for region in regions:
            wanted, strength = self._strength(region.box.size)
            if wanted and wanted < strength:
                picture = picture.note(
                    "redact_strengthened",
                    f"{wanted:g} pixels would hide too little of a region of "
                    f"{'x'.join(map(str, region.box.size))}; {strength:g} were used",
                )
            picture = picture.each(partial(self._hidden, region=region, strength=strength))
        return picture.tell("regions", [region.box._asdict() for region in regions])

    def cost(self, size: Size) -> float:
        """Return the sum of all regions."""
        parts = self.regions.parts if isinstance(self.regions, Union) else (self.regions,)
        seconds = _HIDING + (_GROWING if pixels(self.expand, max(size), size) else 0)
        return seconds * len(parts) * size.megapixels

    def _region(self, part: Selector, picture: Picture) -> _Region | None:
        """Return all pixels that the part touches, be it ever so little."""
        touched = in_memory(part.coverage(picture) > 0)
        if isinstance(part, BoxSelector) and _cuts_pixels(part, picture.size):
            touched = grown(touched, 1)
        box = _around(touched)
        if box is None:
            return None
        inside = in_memory(touched.crop(box.left, box.top, *box.size))
        distance = math.ceil(pixels(self.expand, max(box.size), picture.size))
        if not distance:
            return _Region(box, inside)
        if inside.min():  # a whole box grows to a whole box
            box = _grown_box(box, distance, picture.size)
            return _Region(box, in_memory(pyvips.Image.black(*box.size).invert()))
        touched = in_memory(grown(touched, distance) > 0)
        box = _around(touched) or box
        return _Region(box, in_memory(touched.crop(box.left, box.top, *box.size)))

    def _strength(self, size: Size) -> tuple[float | None, float]:
        """Return the pixels that were asked for, and those that become one value."""
        asked = self.size if self.method == "pixelate" else self.sigma
        wanted = None if asked is None else pixels(asked, max(size), size)
        return wanted, max(wanted or 0, max(size) / _PARTS, _SMALLEST)

    def _hidden(self, image: pyvips.Image, *, region: _Region, strength: float) -> pyvips.Image:
        """Return the frame without what was in the region."""
        if self.method == "fill":
            image, color = ink(image, self.color)
            part = image.crop(region.box.left, region.box.top, *region.box.size)
            replaced: pyvips.Image = part * 0 + color
        else:
            part = image.crop(region.box.left, region.box.top, *region.box.size)
            replaced = on_premultiplied(part, lambda levels: self._coarse(levels, strength))
        replaced = replaced.cast("uchar").copy(interpretation=image.interpretation)
        hidden = region.inside.ifthenelse(replaced, part)
        return in_memory(image.insert(hidden, region.box.left, region.box.top))

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


def _cuts_pixels(part: BoxSelector, size: Size) -> bool:
    """Tell whether an edge was rounded, so that up to half of a pixel may have been left out."""
    across = (pixels(edge, size.width, size) for edge in (part.left, part.right))
    down = (pixels(edge, size.height, size) for edge in (part.top, part.bottom))
    return any(edge != int(edge) for edge in (*across, *down))


def _grown_box(box: Box, distance: int, size: Size) -> Box:
    """Return the box with its edges moved outwards, as far as the picture reaches."""
    return Box(
        max(0, box.left - distance),
        max(0, box.top - distance),
        min(size.width, box.right + distance),
        min(size.height, box.bottom + distance),
    )


def _around(mask: pyvips.Image) -> Box | None:
    """Return the box around everything that is not 0, or nothing."""
    if not mask.max():
        return None
    left, top, width, height = mask.find_trim(threshold=0, background=[0])
    return Box(left, top, left + width, top + height)
