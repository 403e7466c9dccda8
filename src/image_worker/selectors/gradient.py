"""A gradient."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated

import pyvips
from pydantic import Field

from image_worker.component import Model
from image_worker.fields import Direction, degrees
from image_worker.picture import as_mask
from image_worker.selectors.base import Selector

if TYPE_CHECKING:
    from image_worker.fields import Size
    from image_worker.picture import Picture

Share = Annotated[float, Field(ge=0, le=1)]


class Fade(Model):
    """From nothing to everything along a line through the picture."""

    direction: Direction = "down"
    """`down`, `up`, `left`, `right`, or degrees clockwise from up, as in CSS."""

    start: Share = 0
    """Share of the way at which it begins, 0 to 1."""

    stop: Share = 1
    """Share of the way from which on everything is selected, 0 to 1."""


class Gradient(Selector):
    """A part that fades in along a line."""

    name = "gradient"

    gradient: Fade
    """How it fades."""

    def area(self, picture: Picture) -> pyvips.Image:
        """Return the gradient."""
        fade = self.gradient
        way = along(picture.size, degrees(fade.direction))
        length = fade.stop - fade.start
        part = (way - fade.start) / length if length else (way >= fade.start) / 255
        return as_mask(part)


def along(size: Size, angle: float) -> pyvips.Image:
    """Return how far along a CSS gradient line of that angle each pixel lies, 0 to 1."""
    turn = math.radians(angle)
    across, down = math.sin(turn), -math.cos(turn)
    length = abs(size.width * across) + abs(size.height * down)
    grid = pyvips.Image.xyz(*size) + [0.5 - size.width / 2, 0.5 - size.height / 2]
    return (grid[0] * across + grid[1] * down) / length + 0.5
