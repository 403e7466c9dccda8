"""Crop."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from image_worker.errors import InvalidParameterError
from image_worker.fields import Box, Place, Size, pixels
from image_worker.operations.base import Geometry

if TYPE_CHECKING:
    from image_worker.picture import Picture


class Crop(Geometry):
    """Keep a box of the picture.

    Coordinates count from the upper left corner; `right` and `bottom` are just outside of the
    box. A box that reaches outside of the picture is cut at its edges, with a notice; one that
    holds no pixel is an error.
    """

    name = "crop"

    left: Place = 0
    """Left edge in pixels, or as a share of the width such as `"10%"`."""

    top: Place = 0
    """Upper edge in pixels, or as a share of the height."""

    right: Place | None = None
    """Right edge, not included. Default: the width of the picture."""

    bottom: Place | None = None
    """Lower edge, not included. Default: the height of the picture."""

    def run(self, picture: Picture) -> Picture:
        """Cut the box out of every frame."""
        asked, box = self._asked(picture.size), self.box(picture.size)
        left, top, right, bottom = (int(edge // picture.shrunk) for edge in box)
        cut = picture.each(lambda image: image.crop(left, top, right - left, bottom - top))
        cut = replace(cut, nominal=box.size)
        if asked == box:
            return cut
        return cut.note("crop_clamped", f"the box {tuple(asked)} was cut to {tuple(box)}")

    def size(self, size: Size) -> Size:
        """Return the size of the box."""
        return self.box(size).size

    def passes_shrunk(self, size: Size, shrink: int) -> bool:
        """Tell whether every edge of the box falls on a whole pixel of the shrunk picture."""
        box, edges = self.box(size), (0, 0, *size)
        return all(
            place % shrink == 0 or place == edge for place, edge in zip(box, edges, strict=True)
        )

    def box(self, size: Size) -> Box:
        """Return the box in pixels, inside of the picture."""
        left, top, right, bottom = self._asked(size)
        box = Box(max(0, left), max(0, top), min(size.width, right), min(size.height, bottom))
        if box.left < box.right and box.top < box.bottom:
            return box
        raise InvalidParameterError(
            f"the box from {left}, {top} to {right}, {bottom} holds no pixel of a picture of "
            f"{size.width}x{size.height}; expected left < right and top < bottom, inside of it"
        )

    def _asked(self, size: Size) -> Box:
        right = "100%" if self.right is None else self.right
        bottom = "100%" if self.bottom is None else self.bottom
        return Box(
            *(
                math.floor(pixels(place, whole, size) + 0.5)
                for place, whole in zip(
                    (self.left, self.top, right, bottom), (*size, *size), strict=True
                )
            )
        )
