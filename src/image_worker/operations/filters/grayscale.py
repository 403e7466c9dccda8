"""Grayscale."""

from __future__ import annotations

from typing import TYPE_CHECKING

from image_worker.operations.filter import Filter
from image_worker.picture import luma, on_colour

if TYPE_CHECKING:
    import pyvips


class Grayscale(Filter):
    """Remove colour, weighing red, green and blue as Rec. 601 does (0.299, 0.587, 0.114)."""

    name = "grayscale"

    def apply(self, image: pyvips.Image) -> pyvips.Image:
        """Return one band of luma, and the transparency if there is any."""
        return on_colour(image, luma)
