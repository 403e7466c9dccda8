"""Invert."""

from __future__ import annotations

from typing import TYPE_CHECKING

from image_worker.operations.filter import Filter
from image_worker.picture import on_colour

if TYPE_CHECKING:
    import pyvips


class Invert(Filter):
    """Turn every level around, as in a photographic negative."""

    name = "invert"

    def apply(self, image: pyvips.Image) -> pyvips.Image:
        """Invert the colours; transparency stays."""
        return on_colour(image, lambda colour: colour.invert())
