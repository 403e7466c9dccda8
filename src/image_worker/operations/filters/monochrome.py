"""Monochrome."""

from __future__ import annotations

from typing import TYPE_CHECKING

from image_worker.color import rgba
from image_worker.operations.filter import Filter
from image_worker.operations.filters.ramp import OpaqueColor, ramp
from image_worker.pixels.tones import on_luma

if TYPE_CHECKING:
    import pyvips


class Monochrome(Filter):
    """Show the picture in shades of one colour, from black to the colour itself."""

    name = "monochrome"
    examples = ({"color": "#4dabf7"},)

    color: OpaqueColor
    """The colour that white becomes, such as `"#ffd9a0"`."""

    def apply(self, image: pyvips.Image) -> pyvips.Image:
        """Replace each colour by a shade; transparency stays."""
        return on_luma(image, ramp(rgba("black"), rgba(self.color)))
