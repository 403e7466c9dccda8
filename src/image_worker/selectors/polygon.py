"""A polygon."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from image_worker.component import Several
from image_worker.fields import Place, pixels
from image_worker.selectors.base import Selector
from image_worker.selectors.drawing import polygon_mask

if TYPE_CHECKING:
    import pyvips

    from image_worker.picture import Picture

Point = Annotated[Several[Place], Field(min_length=2, max_length=2)]


class Polygon(Selector):
    """A polygon by its corners, filled by the even-odd rule."""

    name = "points"

    points: Annotated[Several[Point], Field(min_length=3, max_length=500)]
    """The corners as `[x, y]`, 3 to 500 of them."""

    def area(self, picture: Picture) -> pyvips.Image:
        """Return the polygon with soft edges."""
        width, height = size = picture.size
        corners = [(pixels(x, width, size), pixels(y, height, size)) for x, y in self.points]
        return polygon_mask(size, corners)
