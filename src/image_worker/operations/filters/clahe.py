"""Clahe."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from image_worker.fields import Length, Size, rounded
from image_worker.operations.filter import Filter
from image_worker.picture import in_memory, luma, on_colour

if TYPE_CHECKING:
    import pyvips
_LEVELS, _ROW = 0.3, 0.008
"""CPU seconds a megapixel, and for each pixel of the height of the neighbourhood, by estimate."""


class Clahe(Filter):
    """Bring out contrast everywhere: equalize the luma of each neighbourhood, within a limit.

    Contrast-limited adaptive histogram equalization. The colour differences stay.
    """

    name = "clahe"

    window: Length = "12.5%"
    """Width and height of the neighbourhood in pixels, or as a share of the width and the height
    of the picture."""

    max_slope: Annotated[int, Field(ge=0, le=100)] = 3
    """How many times contrast may grow, 1 to 100; 0 for no limit."""

    def cost(self, size: Size) -> float:
        """Return more for a high neighbourhood, of which a column enters at each pixel."""
        down = min(size.height, rounded(self.window, size.height, size))
        return (_LEVELS + _ROW * down) * size.megapixels

    def apply(self, image: pyvips.Image) -> pyvips.Image:
        """Change the luma; transparency stays."""
        return on_colour(in_memory(image), self._equalized)

    def _equalized(self, colour: pyvips.Image) -> pyvips.Image:
        size = Size(colour.width, colour.height)
        across, down = (min(side, rounded(self.window, side, size)) for side in size)
        grey = luma(colour)
        equal = grey.hist_local(across, down, max_slope=self.max_slope)
        if colour.bands == 1:
            return equal.copy(interpretation="b-w")
        return (colour + (equal - grey)).cast("uchar").copy(interpretation="srgb")
