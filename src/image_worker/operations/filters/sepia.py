"""Sepia."""

from __future__ import annotations

import pyvips

from image_worker.operations.filter import Filter
from image_worker.picture import coloured, on_colour

_MATRIX = ((0.393, 0.769, 0.189), (0.349, 0.686, 0.168), (0.272, 0.534, 0.131))
"""The matrix of `sepia()` in the CSS Filter Effects module."""

_BRIGHTEST = max(map(sum, _MATRIX))


class Sepia(Filter):
    """Tone the picture brown, like an old print.

    The colours are those of the CSS filter of this name, made darker by so much that the bright
    ones keep their hue instead of being cut off at white.
    """

    name = "sepia"

    def apply(self, image: pyvips.Image) -> pyvips.Image:
        """Tone the colours; transparency stays."""
        return on_colour(coloured(image), _toned)


def _toned(colour: pyvips.Image) -> pyvips.Image:
    matrix = [[weight / _BRIGHTEST for weight in row] for row in _MATRIX]
    toned = colour.recomb(pyvips.Image.new_from_array(matrix))
    return toned.rint().cast("uchar").copy(interpretation="srgb")
