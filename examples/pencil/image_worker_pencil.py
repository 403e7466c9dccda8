"""An operation of one's own: the picture as a pencil drawing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from image_worker.operations.base import Effect
from image_worker.picture import in_memory, luma, on_colour

if TYPE_CHECKING:
    import pyvips


class Pencil(Effect):
    """Draw the picture with a pencil: dark lines where it changes, white paper elsewhere."""

    name = "pencil"
    examples = ({"softness": 6},)

    softness: Annotated[float, Field(ge=1, le=50)] = 8
    """How wide the lines fade, in pixels of the blur behind them, 1 to 50."""

    def apply(self, image: pyvips.Image) -> pyvips.Image:
        """Divide the light by its blurred surroundings, as a colour dodge does."""
        return on_colour(image, self._drawn)

    def _drawn(self, image: pyvips.Image) -> pyvips.Image:
        light = in_memory(luma(image))
        around = light.gaussblur(self.softness)
        return (light * 255 / (around + 1)).cast("uchar").copy(interpretation="b-w")
