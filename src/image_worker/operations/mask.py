"""Mask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Self

import pyvips
from pydantic import Field, model_validator

from image_worker.color import Color
from image_worker.component import Several
from image_worker.fields import Box, Distance, Size, pixels
from image_worker.morphology import softened
from image_worker.operations.base import Effect
from image_worker.picture import has_alpha, in_memory, ink
from image_worker.pixels.compositing import Layer, composited
from image_worker.selectors import AnySelector
from image_worker.selectors.drawing import covered, ellipse_mask
from image_worker.selectors.mask import Mask as PictureMask
from image_worker.sources.base import AnySource

if TYPE_CHECKING:
    from image_worker.picture import Picture

_CONTENTS = ("shape", "to", "image")
_FULL = 255
_TURNS = (None, "d90", "d180", "d270")
"""How the upper left corner becomes each of the four, clockwise."""

Corners = Annotated[Several[Distance], Field(min_length=4, max_length=4)]


class Mask(Effect):
    """Make everything transparent but a shape, a selected part or the light of another picture.

    Exactly one of `shape`, `to` and `image` says what stays. What was transparent before stays
    transparent.
    """

    name = "mask"
    keeps_content = False
    seconds_per_megapixel = 0.15
    examples = (
        {"shape": "rounded", "radius": "12%"},
        {"shape": "circle", "feather": 12},
    )

    shape: Literal["rounded", "circle", "ellipse"] | None = None
    """The picture with `rounded` corners, the largest `circle` in its middle, or the largest
    `ellipse`."""

    radius: Distance | Corners = "10%"
    """Radius of the corners for `rounded`: pixels, or a share of the shorter side, so that `50%`
    is a pill; or a list for the upper left, upper right, lower right and lower left corner."""

    to: AnySelector | None = None
    """The part that stays."""

    image: AnySource | None = None
    """A picture, stretched to the size of this one: its transparency if it has any, else its
    light. White stays."""

    feather: Distance = 0
    """Width over which the edge fades; shapes fade inside of the picture."""

    invert: bool = False
    """Whether everything else stays."""

    background: Color = "transparent"
    """What the rest is replaced by."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        given = [name for name in _CONTENTS if getattr(self, name) is not None]
        if len(given) != 1:
            wanted = '"shape", "to" and "image"'
            raise ValueError(f"expected exactly one of {wanted}, got {', '.join(given) or 'none'}")
        if "radius" in self.model_fields_set and self.shape != "rounded":
            raise ValueError('expected "radius" only with "shape": "rounded"')
        return self

    def run(self, picture: Picture) -> Picture:
        """Cut the same shape out of every frame."""
        if self.to is not None:
            picture = picture.each(in_memory)
        mask = self._mask(picture)
        mask = in_memory(mask.invert() if self.invert else mask)
        return picture.each(lambda frame: self._cut(frame, mask))

    def _mask(self, picture: Picture) -> pyvips.Image:
        """Return what stays, one band, 255 for all of it."""
        size = picture.size
        feather = pixels(self.feather, min(size), size)
        if self.to is not None:
            return _faded(self.to.coverage(picture), feather)
        if self.image is not None:
            return _faded(PictureMask(mask=self.image).coverage(picture), feather)
        inset = min(feather, min(size) / 2 - 1) if feather else 0.0
        return _faded(self._shaped(size, max(0, int(inset))), feather)

    def _shaped(self, size: Size, inset: int) -> pyvips.Image:
        """Return the shape, smaller by `inset` on all sides."""
        area = Box(inset, inset, size.width - inset, size.height - inset)
        if self.shape == "rounded":
            radii = self.radius if isinstance(self.radius, tuple) else (self.radius,) * 4
            corners = [pixels(radius, min(size), size) for radius in radii]
            return rounded_box(area.size, corners).embed(inset, inset, *size)
        if self.shape == "circle":
            across, down = area.size
            side = min(across, down)
            left, top = inset + (across - side) / 2, inset + (down - side) / 2
            center = [left + side / 2 - 0.5, top + side / 2 - 0.5]
            return covered(pyvips.Image.sdf(*size, "circle", a=center, r=side / 2))
        return ellipse_mask(size, area)

    def _cut(self, image: pyvips.Image, mask: pyvips.Image) -> pyvips.Image:
        cut = _multiplied(image, mask)
        if self.background == "transparent":
            return cut
        cut, background = ink(cut, self.background)
        if background[-1] == _FULL:
            return cut.flatten(background=background[:-1])
        below = (pyvips.Image.black(1, 1, bands=cut.bands) + background).cast("uchar")
        below = below.embed(0, 0, image.width, image.height, extend="copy")
        return composited(below.copy(interpretation=cut.interpretation), Layer(cut))


def _multiplied(image: pyvips.Image, mask: pyvips.Image) -> pyvips.Image:
    """Return the image with its transparency multiplied by the mask."""
    if not has_alpha(image):
        return image.bandjoin(mask)
    alpha = (image[image.bands - 1] * mask / _FULL).rint().cast("uchar")
    return image[: image.bands - 1].bandjoin(alpha)


def _faded(mask: pyvips.Image, feather: float) -> pyvips.Image:
    """Return the mask with its edge faded, as if there was nothing around the picture."""
    if not feather:
        return mask
    sigma = max(0.3, feather / 2)
    margin = int(sigma * 3) + 1
    width, height = mask.width, mask.height
    around = mask.embed(margin, margin, width + 2 * margin, height + 2 * margin)
    return softened(in_memory(around), sigma).crop(margin, margin, width, height)


def rounded_box(size: Size, radii: list[float]) -> pyvips.Image:
    """Return a full mask with rounded corners, the radii clockwise from the upper left.

    Where two do not fit beside each other all shrink alike, as in CSS Backgrounds 3 (5.5).
    """
    sides = (size.width, size.height, size.width, size.height)
    pairs = [radii[index] + radii[(index + 1) % 4] for index in range(4)]
    fit = min([1.0, *(side / pair for side, pair in zip(sides, pairs, strict=True) if pair)])
    mask = (pyvips.Image.black(*size) + _FULL).cast("uchar")
    for index, (radius, turn) in enumerate(zip(radii, _TURNS, strict=True)):
        if radius * fit < 0.5:  # noqa: PLR2004 - less than half a pixel
            continue
        corner = _corner(radius * fit)
        corner = corner.rot(turn) if turn else corner
        left = size.width - corner.width if index in {1, 2} else 0
        top = size.height - corner.height if index in {2, 3} else 0
        mask = mask.insert(corner, left, top)
    return mask


def _corner(radius: float) -> pyvips.Image:
    """Return the upper left corner of a rounded box, as large as its radius."""
    side = int(radius) if radius == int(radius) else int(radius) + 1
    return covered(pyvips.Image.sdf(side, side, "circle", a=[radius - 0.5] * 2, r=radius))
