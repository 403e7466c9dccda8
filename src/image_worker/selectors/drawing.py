"""Masks of shapes, drawn with arithmetic, with edges that are soft over one pixel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyvips

from image_worker.picture import as_mask

if TYPE_CHECKING:
    from collections.abc import Sequence

    from image_worker.fields import Box, Size

_FULL = 255
_SAMPLES = 4
"""Lines that each row of a polygon is sampled with."""


def rectangle_mask(size: Size, box: Box, radius: float = 0) -> pyvips.Image:
    """Return a mask of `size` with a rectangle, its corners rounded by `radius` pixels."""
    left, top, right, bottom = box
    if right <= left or bottom <= top:
        return pyvips.Image.black(*size)
    if radius <= 0:
        filled = (pyvips.Image.black(right - left, bottom - top) + _FULL).cast("uchar")
        return pyvips.Image.black(*size).insert(filled, left, top)
    radius = min(radius, (right - left) / 2, (bottom - top) / 2)
    distance = pyvips.Image.sdf(
        *size,
        "rounded-box",
        a=[left - 0.5, top - 0.5],
        b=[right - 0.5, bottom - 0.5],
        corners=[radius] * 4,
    )
    return covered(distance)


def ellipse_mask(size: Size, box: Box) -> pyvips.Image:
    """Return a mask of `size` with the ellipse that touches the box from inside."""
    across, down = box.size
    if across <= 0 or down <= 0:
        return pyvips.Image.black(*size)
    grid = pyvips.Image.xyz(*size) - [
        (box.left + box.right - 1) / 2,
        (box.top + box.bottom - 1) / 2,
    ]
    radii = [across / 2, down / 2]
    # Distance to an ellipse to first order: how far out by the slope there.
    unit = grid / radii
    level = (unit * unit).bandmean() * 2
    slope = (unit / radii) * (unit / radii)
    steep = (slope.bandmean() * 2) ** 0.5 * 2
    return covered((level - 1) / (steep + 1e-9))


def covered(distance: pyvips.Image) -> pyvips.Image:
    """Return how much of each pixel lies inside, from the signed distance of its middle."""
    return as_mask(0.5 - distance)


def polygon_mask(size: Size, points: Sequence[tuple[float, float]]) -> pyvips.Image:
    """Return a mask of `size` with a polygon, filled by the even-odd rule."""
    top = max(0, int(min(y for _, y in points)))
    bottom = min(size.height, int(max(y for _, y in points)) + 1)
    if bottom <= top:
        return pyvips.Image.black(*size)
    rows = (top + (sample + 0.5) / _SAMPLES for sample in range((bottom - top) * _SAMPLES))
    samples = b"".join(_row(size.width, _crossings(points, row)) for row in rows)
    height = (bottom - top) * _SAMPLES
    sampled = pyvips.Image.new_from_memory(samples, size.width, height, 1, "uchar")
    return pyvips.Image.black(*size).insert(sampled.shrinkv(_SAMPLES), 0, top)


def _row(width: int, crossings: Sequence[float]) -> bytes:
    """Return the coverage of a line of pixels between every other pair of crossings."""
    row = bytearray(width + 1)
    for start, stop in zip(crossings[::2], crossings[1::2], strict=True):
        left, right = max(0.0, start), min(float(width), stop)
        if left >= right:
            continue
        first, last = int(left), int(right)
        if first == last:
            row[first] = min(_FULL, row[first] + round((right - left) * _FULL))
            continue
        row[first] = min(_FULL, row[first] + round((first + 1 - left) * _FULL))
        row[first + 1 : last] = b"\xff" * (last - first - 1)
        row[last] = min(_FULL, row[last] + round((right - last) * _FULL))
    return bytes(row[:width])


def _crossings(points: Sequence[tuple[float, float]], y: float) -> list[float]:
    """Return where the edges of the polygon cross a horizontal line, from left to right."""
    ends = zip(points, [*points[1:], points[0]], strict=True)
    return sorted(
        x1 + (y - y1) * (x2 - x1) / (y2 - y1)
        for (x1, y1), (x2, y2) in ends
        if (y1 <= y) != (y2 <= y)
    )
