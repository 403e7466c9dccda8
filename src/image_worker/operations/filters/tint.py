"""Tint."""

from __future__ import annotations

import pyvips

from image_worker.color import rgba
from image_worker.operations.filter import Filter
from image_worker.operations.filters.ramp import OpaqueColor
from image_worker.pixels.tones import on_luma

_WHITE = 100


class Tint(Filter):
    """Colour the picture evenly; what is black or white stays so.

    The lightness is that of the luma, the two other axes of CIE Lab are those of the colour:
    whole in the middle tones, fading like a parabola towards black and white, where there is no
    room for colour.
    """

    name = "tint"
    examples = ({"color": "#f06595"},)

    color: OpaqueColor
    """The colour that gives the hue, such as `"teal"`; how bright it is does not matter."""

    def apply(self, image: pyvips.Image) -> pyvips.Image:
        """Colour the picture; transparency stays."""
        swatch = pyvips.Image.black(1, 1, bands=3) + list(rgba(self.color)[:3])
        _, a, b = swatch.copy(interpretation="srgb").colourspace("lab")(0, 0)
        lightness = _greys().colourspace("lab")[0]
        share = lightness / _WHITE
        weight = share * (share * -1 + 1) * 4
        toned = lightness.bandjoin(weight * a).bandjoin(weight * b).copy(interpretation="lab")
        levels = bytes(toned.colourspace("srgb").write_to_memory())
        return on_luma(image, [levels[band::3] for band in range(3)])


def _greys() -> pyvips.Image:
    grey = pyvips.Image.identity()
    return grey.bandjoin(grey).bandjoin(grey).copy(interpretation="srgb")
