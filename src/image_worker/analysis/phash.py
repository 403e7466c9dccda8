"""Perceptual hash."""

from __future__ import annotations

from statistics import median

from image_worker.analysis.base import Analyzer, Subject
from image_worker.analysis.cosines import frequencies
from image_worker.fields import Size

_SIDE = 32
_KEPT = 8
_DIGITS = 6
"""Decimals of a term; what is smaller is the rounding of the machine."""


class Phash(Analyzer):
    """Perceptual hash of 64 bits, as 16 hexadecimal digits: alike for pictures that look alike.

    Compare two by the number of bits in which they differ: up to about 6 it is the same picture,
    scaled or compressed; from about 16 on another one. Each bit tells whether one of the 8 x 8
    lowest frequencies of the luma, squeezed to 32 x 32 pixels, is above the median of them
    (Krawetz, "Looks Like It", 2011). The bits are those of `imagehash.phash`, except where a
    frequency is on the median. Transparent pixels are white.
    """

    name = "phash"
    reads = "overview"

    def measure(self, subject: Subject) -> str:
        """Return the hash."""
        light = subject.thumbnail_light(Size(_SIDE, _SIDE))
        terms = frequencies(light, _SIDE, _KEPT, _KEPT)
        flat = [round(term, _DIGITS) for row in terms for term in row]
        middle = median(flat)
        return hexadecimal([term > middle for term in flat])


def hexadecimal(bits: list[bool]) -> str:
    """Return the bits as hexadecimal digits, the first bit highest."""
    number = int("".join("01"[bit] for bit in bits), 2)
    return f"{number:0{len(bits) // 4}x}"
