"""Brightness, contrast, saturation and sharpness, with the arithmetic of Pillow's `ImageEnhance`.

Each is computed in single precision and truncated to whole levels.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

import pyvips

from image_worker.picture import LUMA, has_alpha, histogram, in_memory
from image_worker.pixels.convolution import SMOOTH, convolve
from image_worker.pixels.tones import TOP, UNCHANGED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from image_worker.picture import Picture


def levels(picture: Picture, brightness: float, contrast: float) -> tuple[Picture, bytes]:
    """Return one table for brightness and then contrast, and the picture to use it on."""
    brighter = _moved(brightness) if brightness != 1 else UNCHANGED
    if contrast == 1:
        return picture, brighter
    picture = picture.each(in_memory)
    mean = _mean(brighter, [_histogram(frame) for frame in picture.frames])
    return picture, brighter.translate(_moved(contrast, mean))


def saturated(colour: pyvips.Image, factor: float) -> pyvips.Image:
    """Multiply the distance of each colour from its luma."""
    if factor == 1:
        return colour
    matrix = [
        [
            (1 - factor) * weight + (factor if row == column else 0)
            for column, weight in enumerate(LUMA)
        ]
        for row in range(3)
    ]
    return (
        colour.recomb(pyvips.Image.new_from_array(matrix)).cast("uchar").copy(interpretation="srgb")
    )


def sharpened(colour: pyvips.Image, factor: float) -> pyvips.Image:
    """Multiply the distance of each level from what it is in the smoothed picture."""
    if factor == 1:
        return colour
    smooth = convolve(colour, SMOOTH)
    blended = (colour - smooth) * array("f", [factor])[0] + smooth
    return blended.cast("uchar").copy(interpretation=colour.interpretation)


def _moved(factor: float, pivot: int = 0) -> bytes:
    """Return what becomes of each level when its distance from `pivot` is multiplied."""
    factor = array("f", [factor])[0]
    distances = array("f", [factor * (level - pivot) for level in range(TOP + 1)])
    moved = array("f", [pivot + distance for distance in distances])
    return bytes(min(TOP, max(0, int(level))) for level in moved)


def _histogram(image: pyvips.Image) -> list[list[int]]:
    counts = histogram(image)
    return counts[:-1] if has_alpha(image) else counts


def _mean(table: bytes, frames: Sequence[Sequence[Sequence[int]]]) -> int:
    """Return the mean luma after the table, rounded, from the histograms of all frames alone."""
    weights = LUMA if len(frames[0]) > 1 else (1.0,)
    pixels = sum(sum(counts[0]) for counts in frames)
    total = sum(
        weight * sum(level * count for level, count in zip(table, band, strict=True))
        for counts in frames
        for weight, band in zip(weights, counts, strict=True)
    )
    return int(total / pixels + 0.5)
