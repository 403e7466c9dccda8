"""Parts of a picture in which every pixel is meant that they touch."""

from __future__ import annotations

import math
from typing import NamedTuple

import pyvips

from image_worker.fields import Box, Distance, Size, pixels
from image_worker.morphology import grown
from image_worker.picture import in_memory


class Region(NamedTuple):
    """A part: its box, and which pixels of the box belong to it."""

    box: Box
    inside: pyvips.Image


def whole_box(box: Box, distance: float, size: Size) -> Region:
    """Return all of a box and of what is around it by the distance, as far as there is any."""
    reach = math.ceil(distance)
    box = Box(
        max(0, box.left - reach),
        max(0, box.top - reach),
        min(size.width, box.right + reach),
        min(size.height, box.bottom + reach),
    )
    return Region(box, in_memory(pyvips.Image.black(*box.size).invert()))


def touched(mask: pyvips.Image, expand: Distance, size: Size) -> Region | None:
    """Return all pixels of a mask that are not 0, and those around; nothing if all are.

    `expand` is in pixels, or a share of the longer side of their box.
    """
    box = _around(mask)
    if box is None:
        return None
    inside = in_memory(mask.crop(box.left, box.top, *box.size))
    distance = math.ceil(pixels(expand, max(box.size), size))
    if not distance:
        return Region(box, inside)
    if inside.min():  # a whole box grows to a whole box
        return whole_box(box, distance, size)
    mask = in_memory(grown(mask, distance) > 0)
    box = _around(mask) or box
    return Region(box, in_memory(mask.crop(box.left, box.top, *box.size)))


def _around(mask: pyvips.Image) -> Box | None:
    """Return the box around everything that is not 0, or nothing."""
    if not mask.max():
        return None
    left, top, width, height = mask.find_trim(threshold=0, background=[0])
    return Box(left, top, left + width, top + height)
