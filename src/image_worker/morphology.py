"""Shapes grown, shrunk and made soft."""

from __future__ import annotations

import math
from functools import reduce

import pyvips

_LARGEST = 16
"""Pixels of a radius that are worked at full size; shapes grow by more at a smaller size."""

_ROUND = 0.25
"""What is added to the radius of a disk, so that the areas of small ones are about right."""


_LARGEST_SIGMA = 8
"""Pixels of a sigma that is worked at full size."""


def softened(mask: pyvips.Image, sigma: float) -> pyvips.Image:
    """Return the mask blurred; by more than a few pixels at a smaller size, which nobody sees."""
    step = max(1, int(sigma / _LARGEST_SIGMA))
    small = mask.resize(1 / step, kernel="linear") if step > 1 else mask
    across, down = small.width / mask.width, small.height / mask.height
    soft = (
        small.cast("float").copy_memory().gaussblur(sigma / step, precision="float", min_ampl=0.01)
    )
    if step > 1:
        soft = soft.resize(1 / across, vscale=1 / down, kernel="linear")
        soft = soft.embed(0, 0, mask.width, mask.height, extend="copy")
    return soft.rint().cast("uchar")


def grown(mask: pyvips.Image, radius: float) -> pyvips.Image:
    """Return the mask with its bright part grown by `radius` on all sides; negative to shrink.

    Each pixel becomes the brightest one in a disk around it (dilation, Serra 1982). Outside of
    the mask is nothing when it grows, and everything when it shrinks.
    """
    if radius < 0:
        return grown(mask.invert(), -radius).invert()
    if radius > _LARGEST:
        return _grown_smaller(mask, radius)
    return _grown(mask, radius)


def _grown(mask: pyvips.Image, radius: float) -> pyvips.Image:
    whole = math.floor(radius)
    inner = _dilated(mask, whole)
    if whole == radius:
        return inner
    outer, share = _dilated(mask, whole + 1), radius - whole
    return (outer * share + inner * (1 - share)).rint().cast("uchar")


def _grown_smaller(mask: pyvips.Image, radius: float) -> pyvips.Image:
    """Return the mask grown at a smaller size, after a first bit so that no speck is lost."""
    step = math.ceil(radius / _LARGEST)
    first = grown(mask, step)
    small = first.resize(1 / step, kernel="linear").cast("uchar")
    across, down = small.width / mask.width, small.height / mask.height
    rest = _grown(small, (radius - step) * (across + down) / 2)
    large = rest.resize(1 / across, vscale=1 / down, kernel="linear").cast("uchar")
    return large.embed(0, 0, mask.width, mask.height, extend="copy")


def _dilated(mask: pyvips.Image, radius: int) -> pyvips.Image:
    """Return the brightest pixel in a disk, row of the disk by row."""
    if not radius:
        return mask
    width, height = mask.width, mask.height
    padded = mask.embed(radius, radius, width + 2 * radius, height + 2 * radius).copy_memory()
    runs = [padded]  # the brightest of 1, 2, 4, 8 ... pixels from each one to the right
    while 2 ** len(runs) <= 2 * radius + 1:
        last, step = runs[-1], 2 ** (len(runs) - 1)
        moved = last.crop(step, 0, last.width - step, last.height)
        left = last.crop(0, 0, last.width - step, last.height)
        runs.append(left.maxpair(moved).copy_memory())

    def row(down: int) -> pyvips.Image:
        half = int(math.sqrt((radius + _ROUND) ** 2 - down * down))
        run = (2 * half + 1).bit_length() - 1
        top = radius + down
        left = runs[run].crop(radius - half, top, width, height)
        return left.maxpair(runs[run].crop(radius + half + 1 - 2**run, top, width, height))

    rows = [row(down) for down in range(-radius, radius + 1)]
    return reduce(pyvips.Image.maxpair, rows).copy_memory()
