"""Duotone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from image_worker.color import rgba
from image_worker.operations.filter import Filter
from image_worker.operations.filters.ramp import OpaqueColor, ramp
from image_worker.pixels.tones import on_luma

if TYPE_CHECKING:
    import pyvips


class Duotone(Filter):
    """Show the picture in the colours between two: one for the dark, one for the bright."""

    name = "duotone"
    examples = ({"shadows": "#1b1464", "highlights": "#ffd8a8"},)

    shadows: OpaqueColor
    """The colour that black becomes, such as `"#1b1464"`."""

    highlights: OpaqueColor
    """The colour that white becomes, such as `"#ffd32a"`."""

    def apply(self, image: pyvips.Image) -> pyvips.Image:
        """Replace each colour by one between the two; transparency stays."""
        return on_luma(image, ramp(rgba(self.shadows), rgba(self.highlights)))
