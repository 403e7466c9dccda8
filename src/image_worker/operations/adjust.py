"""Adjust."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

import pyvips

from image_worker.fields import Factor
from image_worker.operations.base import Effect
from image_worker.picture import LUMA, histogram, in_memory, on_colour

if TYPE_CHECKING:
    from collections.abc import Sequence

_TOP = 255


class Adjust(Effect):
    """Change brightness, contrast and saturation, in this order.

    Every factor is neutral at 1. The arithmetic is that of Pillow's `ImageEnhance`: truncated to
    whole levels after each of the three.
    """

    name = "adjust"

    brightness: Factor = 1
    """0 is black, 1 the original, 2 twice as bright."""

    contrast: Factor = 1
    """0 is an even grey of the mean luma, 1 the original, 2 twice the distance from that grey."""

    saturation: Factor = 1
    """0 is grey, 1 the original, 2 twice as colourful."""

    def apply(self, image: pyvips.Image) -> pyvips.Image:
        """Adjust the colours; transparency stays."""
        return on_colour(image, self._adjusted)

    def _adjusted(self, image: pyvips.Image) -> pyvips.Image:
        if self.contrast != 1:
            image = in_memory(image)
            mean = _mean(_levels(self.brightness), histogram(image))
            image = _mapped(image, _levels(self.brightness), _levels(self.contrast, mean))
        elif self.brightness != 1:
            image = _mapped(image, _levels(self.brightness))
        return _saturated(image, self.saturation) if self.saturation != 1 else image


def _levels(factor: float, pivot: int = 0) -> bytes:
    """Return what becomes of each level when its distance from `pivot` is multiplied.

    Computed in single precision and truncated, as Pillow's `Image.blend` does it.
    """
    factor = array("f", [factor])[0]
    distances = array("f", [factor * (level - pivot) for level in range(_TOP + 1)])
    moved = array("f", [pivot + distance for distance in distances])
    return bytes(min(_TOP, max(0, int(level))) for level in moved)


def _mean(levels: bytes, counts: Sequence[Sequence[int]]) -> int:
    """Return the mean luma of the picture after the table, rounded, from its histogram alone."""
    weights = LUMA if len(counts) > 1 else (1.0,)
    pixels = sum(counts[0])
    total = sum(
        weight * sum(level * count for level, count in zip(levels, band, strict=True))
        for weight, band in zip(weights, counts, strict=True)
    )
    return int(total / pixels + 0.5)


def _mapped(image: pyvips.Image, first: bytes, then: bytes | None = None) -> pyvips.Image:
    """Look every level up in one table, or in one and then the other, at once."""
    table = bytes(then[level] for level in first) if then else first
    return image.maplut(pyvips.Image.new_from_memory(table, len(table), 1, 1, "uchar"))


def _saturated(image: pyvips.Image, factor: float) -> pyvips.Image:
    """Multiply the distance of each colour from its luma."""
    if image.bands == 1:
        return image
    matrix = [
        [
            (1 - factor) * weight + (factor if row == column else 0)
            for column, weight in enumerate(LUMA)
        ]
        for row in range(3)
    ]
    return (
        image.recomb(pyvips.Image.new_from_array(matrix)).cast("uchar").copy(interpretation="srgb")
    )
