"""Rotate."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import pyvips
from pydantic import Field

from image_worker.affine import Affine
from image_worker.color import Color
from image_worker.fields import Size
from image_worker.operations.base import Geometry
from image_worker.picture import has_alpha, in_memory, ink, on_premultiplied
from image_worker.pixels.sizing import nearest
from image_worker.selectors.gravity import Aim

if TYPE_CHECKING:
    from image_worker.picture import Picture

Colour = str | tuple[int, ...]

_QUARTER = 90
_BORDER = 2
"""Pixels around the picture that interpolation reaches for at its edges."""
_FULL = 255
_MOVING = 0.1
"""Share of the time that a turn takes which interpolates nothing."""


class Rotate(Geometry):
    """Turn the picture clockwise, about its middle.

    Quarter turns move pixels and change none; other angles interpolate between them, with smooth
    edges.
    """

    name = "rotate"
    seconds_per_megapixel = 0.12
    examples = ({"angle": 8, "background": "white"},)

    angle: Annotated[float, Field(ge=-360, le=360)]
    """Degrees clockwise, -360 to 360."""

    expand: bool = True
    """Whether the result grows to hold the whole picture; else it keeps the size, and the corners
    are lost."""

    background: Color | None = None
    """Colour of the corners. Default: white, or transparent in a picture with transparency."""

    def run(self, picture: Picture) -> Picture:
        """Turn every frame."""
        size, quarters = picture.size, self._quarters
        result = self.result_size(size)
        fill = self.background or ("transparent" if picture.has_alpha else "white")
        if quarters is None:
            turned = picture.each(lambda image: self._interpolated(image, result, fill))
            return turned.came_from(self._origin(size, result))
        whole = Size(size.height, size.width) if quarters % 2 else size
        nominal = whole if picture.shrunk > 1 else None
        turned = replace(picture.each(lambda image: _rot(image, quarters)), nominal=nominal)
        turned = turned.came_from(self._origin(size, whole))
        if whole == result:
            return turned
        left, top = Aim(0.5, 0.5).corner(result, whole)
        framed = turned.each(lambda image: _framed(image, -left, -top, result, fill))
        return framed.came_from(Affine.moved(left, top))

    def result_size(self, size: Size) -> Size:
        """Return the size of the result."""
        if not self.expand or self._quarters in {0, 2}:
            return size
        if self._quarters is not None:
            return Size(size.height, size.width)
        across, down = self._directions
        return Size(
            nearest(abs(size.width * across) + abs(size.height * down)),
            nearest(abs(size.width * down) + abs(size.height * across)),
        )

    def cost(self, size: Size) -> float:
        """Return less for quarter turns, which move pixels alone."""
        return super().cost(size) * (1 if self._quarters is None else _MOVING)

    def passes_shrunk(self, size: Size, shrink: int) -> bool:
        """Tell whether this moves pixels alone, all of which stand for as many."""
        moves = self._quarters is not None and self.expand
        return moves and all(side % shrink == 0 for side in size)

    @property
    def _quarters(self) -> int | None:
        """How many quarter turns this is, 0 to 3, if it is no other angle."""
        turns, rest = divmod(self.angle, _QUARTER)
        return int(turns) % 4 if rest == 0 else None

    @property
    def _directions(self) -> tuple[float, float]:
        """Cosine and sine of the angle, exact for quarter turns."""
        if self._quarters is not None:
            return [(1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0)][self._quarters]
        return math.cos(math.radians(self.angle)), math.sin(math.radians(self.angle))

    def _origin(self, size: Size, result: Size) -> Affine:
        """Return where the result comes from: turned back, about the middles of both."""
        across, down = self._directions
        x, y = result.width / 2, result.height / 2
        return Affine(
            a=across,
            b=-down,
            c=down,
            d=across,
            e=size.width / 2 - across * x - down * y,
            f=size.height / 2 + down * x - across * y,
        )

    def _interpolated(self, image: pyvips.Image, result: Size, fill: Colour) -> pyvips.Image:
        image, colour = ink(in_memory(image), fill)
        *levels, alpha = colour
        if has_alpha(image):
            colour = [*(level * alpha / 255 for level in levels), alpha]
        return on_premultiplied(image, lambda part: self._laid(part, result, colour))

    def _laid(self, image: pyvips.Image, result: Size, colour: list[float]) -> pyvips.Image:
        """Return the image turned, upon the colour.

        Its edges are softened by a mask, not by mixing them with the colour: bicubic
        interpolation would draw a bright or dark line along them.
        """
        inside = (pyvips.Image.black(image.width, image.height) + _FULL).cast("uchar")
        mask = self._affine(inside, "black", "bilinear", result)
        return mask.ifthenelse(self._affine(image, "copy", "bicubic", result), colour, blend=True)

    def _affine(self, image: pyvips.Image, around: str, way: str, result: Size) -> pyvips.Image:
        """Return the image turned about the middle of its middle pixels."""
        across, down = self._directions
        width, height = image.width + 2 * _BORDER, image.height + 2 * _BORDER
        return image.embed(_BORDER, _BORDER, width, height, extend=around).affine(
            [across, -down, down, across],
            interpolate=pyvips.Interpolate.new(way),
            oarea=[0, 0, *result],
            idx=(1 - width) / 2,
            idy=(1 - height) / 2,
            odx=(result.width - 1) / 2,
            ody=(result.height - 1) / 2,
        )


def _rot(image: pyvips.Image, quarters: int) -> pyvips.Image:
    return in_memory(image).rot(f"d{quarters * _QUARTER}") if quarters else image


def _framed(image: pyvips.Image, left: int, top: int, size: Size, fill: Colour) -> pyvips.Image:
    image, colour = ink(image, fill)
    return image.embed(left, top, *size, extend="background", background=colour)
