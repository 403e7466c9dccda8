"""A box, or an ellipse in it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

from image_worker.fields import Box, Distance, Place, Size, pixels
from image_worker.selectors.base import Selector
from image_worker.selectors.drawing import ellipse_mask, rectangle_mask

if TYPE_CHECKING:
    import pyvips

    from image_worker.picture import Picture


class BoxSelector(Selector):
    """A box by its edges, with round corners if wanted, or the ellipse in it."""

    name = "box"

    left: Place = 0
    """Left edge."""

    top: Place = 0
    """Upper edge."""

    right: Place = "100%"
    """Right edge, not included."""

    bottom: Place = "100%"
    """Lower edge, not included."""

    shape: Literal["box", "ellipse"] = "box"
    """Whether the box is meant or the ellipse in it."""

    radius: Distance = 0
    """Radius of the corners of a box."""

    def edges(self, size: Size) -> Box:
        """Return the box in whole pixels; it may reach outside of the picture."""
        wholes = (*size, *size)
        edges = (self.left, self.top, self.right, self.bottom)
        return Box(
            *(
                math.floor(pixels(edge, whole, size) + 0.5)
                for edge, whole in zip(edges, wholes, strict=True)
            )
        )

    def area(self, picture: Picture) -> pyvips.Image:
        """Return the shape with soft edges."""
        box = self.edges(picture.size)
        if self.shape == "ellipse":
            return ellipse_mask(picture.size, box)
        return rectangle_mask(picture.size, box, pixels(self.radius, min(box.size), picture.size))

    def box(self, picture: Picture) -> Box | None:
        """Return the box inside of the picture, without looking at pixels where possible."""
        if self.invert or self.feather:
            return super().box(picture)
        grown = math.floor(pixels(self.expand, min(picture.size), picture.size) + 0.5)
        left, top, right, bottom = self.edges(picture.size)
        width, height = picture.size
        box = Box(
            max(0, left - grown),
            max(0, top - grown),
            min(width, right + grown),
            min(height, bottom + grown),
        )
        return box if box.left < box.right and box.top < box.bottom else None
