"""Overlapping parts of a picture, in which small things look larger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from image_worker.vision.libraries import numpy

if TYPE_CHECKING:
    from image_worker.fields import Size

_SHARE = 0.5
"""Side of a tile, as a share of the picture's shorter side, at least."""
_STEP = 0.6
"""Share of its side by which a tile is further on than the one before."""
_LEAST_SIDE = 128
_MOST = 24
_EDGE = 0.02
"""Share of a tile in which a box ends that is cut off by it."""


class Tile(NamedTuple):
    """A part of an array, and the size of all of it."""

    left: int
    top: int
    right: int
    bottom: int
    size: tuple[int, int]

    @classmethod
    def whole(cls, rgb: Any) -> Tile:
        """Return the tile that is all of it."""
        rows, columns = rgb.shape[:2]
        return cls(0, 0, columns, rows, (columns, rows))

    def grown(self, share: float) -> Tile:
        """Return the tile with a margin around it, which may reach outside of the whole."""
        across = round((self.right - self.left) * share)
        down = round((self.bottom - self.top) * share)
        left, top = self.left - across, self.top - down
        return Tile(left, top, self.right + across, self.bottom + down, self.size)

    def part(self, rgb: Any) -> Any:
        """Return the pixels of the tile; outside of the whole its edges are continued."""
        width, height = self.size
        left, top = max(0, self.left), max(0, self.top)
        part = rgb[top : min(height, self.bottom), left : min(width, self.right)]
        around = (
            (top - self.top, max(0, self.bottom - height)),
            (left - self.left, max(0, self.right - width)),
            (0, 0),
        )
        return numpy().pad(part, around, mode="edge") if any(map(any, around)) else part

    def back(self, places: Any) -> Any:
        """Return places in the whole for places in the tile; x and y in turns."""
        np = numpy()
        return places + np.array([self.left, self.top] * (places.shape[-1] // 2), np.float32)

    def inside(self, boxes: Any) -> Any:
        """Tell which boxes are not cut off at an edge that is none of the picture's.

        The neighbour overlaps by two fifths of a tile, and sees those whole.
        """
        np = numpy()
        across, down = (self.right - self.left) * _EDGE, (self.bottom - self.top) * _EDGE
        keep = np.ones(len(boxes), bool)
        if self.left > 0:
            keep &= boxes[:, 0] > across
        if self.top > 0:
            keep &= boxes[:, 1] > down
        if self.right < self.size[0]:
            keep &= boxes[:, 2] < self.right - self.left - across
        if self.bottom < self.size[1]:
            keep &= boxes[:, 3] < self.bottom - self.top - down
        return keep

    def smaller(self, boxes: Any, share: float) -> Any:
        """Tell which boxes have at most this share of the longer side of the tile."""
        side = max(self.right - self.left, self.bottom - self.top)
        spans = (boxes[:, 2:] - boxes[:, :2]).max(1)
        return (spans <= share * side) if share < 1 else numpy().ones(len(boxes), bool)


def tiles(size: Size) -> list[Tile]:
    """Return the whole, and square parts of half its shorter side that overlap."""
    whole = Tile(0, 0, *size, (size.width, size.height))
    side = max(_LEAST_SIDE, round(min(size) * _SHARE), 1)
    made = [whole]
    for top in _starts(size.height, side):
        for left in _starts(size.width, side):
            right, bottom = min(size.width, left + side), min(size.height, top + side)
            made.append(Tile(left, top, right, bottom, (size.width, size.height)))
    return made[:1] if len(made) > _MOST + 1 or min(size) < _LEAST_SIDE else made


def _starts(length: int, side: int) -> list[int]:
    """Return where tiles begin along one axis, evenly."""
    if length <= side:
        return [0]
    count = -(-(length - side) // max(1, round(side * _STEP))) + 1
    return [round(index * (length - side) / (count - 1)) for index in range(count)]
