"""Difference hash."""

from __future__ import annotations

from itertools import pairwise

from image_worker.analysis.base import Analyzer, Subject
from image_worker.analysis.phash import hexadecimal
from image_worker.fields import Size

_COLUMNS, _ROWS = 9, 8


class Dhash(Analyzer):
    """Difference hash of 64 bits, as 16 hexadecimal digits: alike for pictures that look alike.

    Compare two by the number of bits in which they differ, as with `phash`, which is slower and
    tells more. Each bit tells whether the luma grows from one pixel to the next in a row of the
    picture squeezed to 9 x 8 pixels (Krawetz, "Kind of Like That", 2013), as in
    `imagehash.dhash`. Transparent pixels are white.
    """

    name = "dhash"
    reads = "overview"

    def measure(self, subject: Subject) -> str:
        """Return the hash."""
        pixels = subject.thumbnail_light(Size(_COLUMNS, _ROWS))
        rows = [pixels[top * _COLUMNS : (top + 1) * _COLUMNS] for top in range(_ROWS)]
        return hexadecimal([right > left for row in rows for left, right in pairwise(row)])
