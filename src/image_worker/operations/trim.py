"""Trim."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import pyvips
from pydantic import Field

from image_worker.affine import Affine
from image_worker.color import Color, rgba
from image_worker.fields import Box, Distance, Size, pixels
from image_worker.operations.base import Geometry
from image_worker.picture import coloured, has_alpha, in_memory
from image_worker.selectors.base import bounding_box

if TYPE_CHECKING:
    from image_worker.picture import Picture

_HALF = 128


class Trim(Geometry):
    """Cut off edges that show nothing but background.

    Transparent pixels are background. Of an animation, everything is kept that any frame shows. A
    picture of background alone stays as it is, with a notice.
    """

    name = "trim"
    seconds_per_megapixel = 0.05
    examples = ({},)

    threshold: Annotated[float, Field(ge=0, le=255)] = 10
    """How many levels a pixel may differ from the background, 0 to 255."""

    color: Color | Literal["auto"] = "auto"
    """The background: a colour, or `"auto"` for the pixel in the upper left corner."""

    margin: Distance = 0
    """Room that stays on every side of what is shown, as far as there is any."""

    symmetric: Literal["none", "horizontal", "vertical", "both"] = "none"
    """Whether as much is cut off on the left as on the right, above as below, or both."""

    line_art: bool = False
    """Whether single pixels count, as in drawings and text; else they are taken for noise."""

    def run(self, picture: Picture) -> Picture:
        """Find what is shown and crop every frame to it."""
        picture = picture.each(in_memory)
        size = picture.size
        found = [box for box in map(self._found, picture.frames) if box is not None]
        if not found:
            return picture.note("nothing_to_trim", "the whole picture is background")
        box = self._kept(_around(found), size)
        cut = picture.each(lambda image: image.crop(box.left, box.top, *box.size))
        return cut.came_from(Affine.moved(box.left, box.top)).tell("box", list(box))

    @property
    def by_content(self) -> bool:
        """Only the pixels can tell."""
        return True

    def _found(self, image: pyvips.Image) -> Box | None:
        """Return the box around what is not background.

        This gives what libvips' `find_trim` gives, many times as fast: the median, which takes
        noise away, is beyond a level where most of the pixels are.
        """
        shown, background = self._against(image)
        levels = pyvips.Image.identity(bands=shown.bands)
        beyond = shown.maplut(levels - background > self.threshold).bandjoin(
            shown.maplut(background - levels > self.threshold)
        )
        if not self.line_art:
            around = pyvips.Image.new_from_array([[1] * 3] * 3, scale=9)
            beyond = beyond.conv(around, precision="integer") >= _HALF
        return bounding_box(beyond.bandor())

    def _against(self, image: pyvips.Image) -> tuple[pyvips.Image, list[float]]:
        """Return what is searched, without transparency, and the background in it."""
        corner = image.getpoint(0, 0)
        if self.color != "auto":
            red, green, blue, alpha = rgba(self.color)
            background, clear = [float(red), float(green), float(blue)], alpha < _HALF
            image = image if red == green == blue else coloured(image)
            background = background[: len(image.getpoint(0, 0)) - has_alpha(image)]
        else:
            background = corner[: len(corner) - has_alpha(image)]
            clear = has_alpha(image) and corner[-1] < _HALF
        if not has_alpha(image):
            return image, background
        if clear:
            return image[image.bands - 1], [corner[-1] if self.color == "auto" else 0.0]
        return image.flatten(background=background), background

    def _kept(self, box: Box, size: Size) -> Box:
        """Return the box with its margin, and as far from both sides where that is wanted."""
        across = int(pixels(self.margin, size.width, size) + 0.5)
        down = int(pixels(self.margin, size.height, size) + 0.5)
        left, top = max(0, box.left - across), max(0, box.top - down)
        right, bottom = min(size.width, box.right + across), min(size.height, box.bottom + down)
        if self.symmetric in {"horizontal", "both"}:
            left = min(left, size.width - right)
            right = size.width - left
        if self.symmetric in {"vertical", "both"}:
            top = min(top, size.height - bottom)
            bottom = size.height - top
        return Box(left, top, right, bottom)


def _around(boxes: list[Box]) -> Box:
    """Return the box around all boxes."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return Box(min(lefts), min(tops), max(rights), max(bottoms))
