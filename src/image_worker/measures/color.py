"""Difference of colours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from image_worker.picture import coloured, has_alpha

if TYPE_CHECKING:
    import pyvips

_GREY = 128


def delta_e(one: pyvips.Image, other: pyvips.Image) -> float:
    """Return the mean difference of colours by CIEDE2000; about 1 is the least that is seen.

    Both must be grey or sRGB and of one size. Transparent pictures are laid upon mid grey.
    """
    return float(_lab(one).dE00(_lab(other)).avg())


def _lab(image: pyvips.Image) -> pyvips.Image:
    if has_alpha(image):
        image = image.flatten(background=[_GREY] * (image.bands - 1))
    return coloured(image).colourspace("lab")
