"""Equalize."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from image_worker.operations.filter import Filter
from image_worker.picture import in_memory, on_colour
from image_worker.pixels.tones import UNCHANGED, counts, level, mapped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from image_worker.picture import Picture


class Equalize(Filter):
    """Spread the levels of each channel so that each is about as frequent as any other.

    A channel of one level stays.
    """

    name = "equalize"

    def run(self, picture: Picture) -> Picture:
        """Spread the levels of all frames alike; transparency stays."""
        picture = picture.each(in_memory)
        tables = [_spread(band) for band in counts(picture)]
        return picture.each(lambda image: on_colour(image, lambda part: mapped(part, tables)))


def _spread(histogram: Sequence[int]) -> bytes:
    """Return the table from the sums of the histogram, in which the darkest level is black."""
    lowest = next(filter(None, histogram), 0)
    rest = sum(histogram) - lowest
    if not rest:
        return UNCHANGED
    return bytes(level((total - lowest) / rest) for total in accumulate(histogram))
