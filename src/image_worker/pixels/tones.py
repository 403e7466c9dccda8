"""Curves over the 256 levels, and what the histogram of a picture says about them.

A table is 256 bytes: what becomes of each level. Tables one after the other are one table,
`first.translate(second)`, without any loss.
"""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

import pyvips

from image_worker.picture import has_alpha, histogram, luma, on_colour

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from image_worker.picture import Picture

TOP = 255

UNCHANGED = bytes(range(TOP + 1))
"""The table that changes nothing."""

_LINEAR_UP_TO = 0.04045
_LINEAR_SLOPE = 12.92


def level(share: float) -> int:
    """Return the level nearest to a share of full brightness; what is beyond is cut."""
    return min(TOP, max(0, int(share * TOP + 0.5)))


def table(change: Callable[[float], float]) -> bytes:
    """Return the table of a function from 0 to 1."""
    return bytes(level(change(step / TOP)) for step in range(TOP + 1))


def mapped(image: pyvips.Image, tables: Sequence[bytes]) -> pyvips.Image:
    """Look every level up, in one table for all bands of colour or in one a band.

    A grey image with three tables becomes coloured.
    """
    if all(one == UNCHANGED for one in tables) and len(tables) in {1, image.bands}:
        return image
    levels = bytes(part for parts in zip(*tables, strict=True) for part in parts)
    lookup = pyvips.Image.new_from_memory(levels, TOP + 1, 1, len(tables), "uchar")
    bands = max(len(tables), image.bands)
    return image.maplut(lookup).copy(interpretation="srgb" if bands > 1 else "b-w")


def on_luma(image: pyvips.Image, tables: Sequence[bytes]) -> pyvips.Image:
    """Replace every colour by what the tables say of its luma; transparency stays."""
    return on_colour(image, lambda colour: mapped(luma(colour), tables))


def relit(colour: pyvips.Image, lumas: bytes) -> pyvips.Image:
    """Change the luma by a table, and the distance of the channels from it by the root of that.

    Kept as they are, colours would look pale where it becomes brighter; kept in proportion, gaudy.
    """
    if colour.bands == 1:
        return mapped(colour, [lumas])
    # How much each luma is multiplied. The distance of black is 0 whatever it is multiplied by.
    gains = [(to / max(1, was)) ** 0.5 for was, to in enumerate(lumas)]
    was = luma(colour)
    gain = was.maplut(pyvips.Image.new_from_array([gains]))
    changed = (colour - was) * gain + mapped(was, [lumas])
    return changed.rint().cast("uchar").copy(interpretation="srgb")


def to_light(share: float) -> float:
    """Return the linear light of a level of sRGB, both 0 to 1 (IEC 61966-2-1)."""
    if share <= _LINEAR_UP_TO:
        return share / _LINEAR_SLOPE
    return float(((share + 0.055) / 1.055) ** 2.4)


def from_light(light: float) -> float:
    """Return the level of sRGB of linear light, both 0 to 1."""
    if light <= _LINEAR_UP_TO / _LINEAR_SLOPE:
        return light * _LINEAR_SLOPE
    return float(1.055 * light ** (1 / 2.4) - 0.055)


def counts(picture: Picture) -> list[list[int]]:
    """Return how often each level occurs in each band of colour, in all frames together.

    Pixels that cannot be seen are left out. The frames are read whole.
    """
    return _summed(visible_histogram(frame) for frame in picture.frames)


def luma_counts(picture: Picture) -> list[int]:
    """Return how often each luma occurs, in the same way."""
    lumas = (visible_histogram(on_colour(frame, luma)) for frame in picture.frames)
    return _summed(lumas)[0]


def visible_histogram(image: pyvips.Image) -> list[list[int]]:
    """Return 256 counts for each band of colour, of the pixels that are not transparent."""
    if not has_alpha(image):
        return histogram(image)
    colours, seen = image.bands - 1, (image[image.bands - 1] > 0) / TOP
    return [_counted(image[band], seen) for band in range(colours)]


def ends(histogram: Sequence[int], low: float, high: float) -> tuple[int, int]:
    """Return the levels below which `low` percent of the pixels lie, and above which 100 - `high`.

    Counted as Pillow's `ImageOps.autocontrast` does: so many whole pixels may be cut off.
    """
    whole = sum(histogram)
    if not whole:
        return 0, TOP
    return (
        _first_beyond(histogram, whole * low // 100),
        TOP - _first_beyond(histogram[::-1], whole * (100 - high) // 100),
    )


def stretched(low: int, high: int) -> bytes:
    """Return the table that makes `low` black and `high` white; unchanged where they are one."""
    if low >= high:
        return UNCHANGED
    return table(lambda share: (share * TOP - low) / (high - low))


def _first_beyond(histogram: Sequence[int], pixels: float) -> int:
    sums = enumerate(accumulate(histogram))
    return next((index for index, total in sums if total > pixels), TOP)


def _counted(band: pyvips.Image, seen: pyvips.Image) -> list[int]:
    sums = seen.hist_find_indexed(band).cast("uint").write_to_memory()
    found = memoryview(sums).cast("I").tolist()
    return [*found, *[0] * (TOP + 1 - len(found))]


def _summed(histograms: Iterable[list[list[int]]]) -> list[list[int]]:
    """Return one histogram a band for the histograms of several frames."""
    return [
        [sum(parts) for parts in zip(*bands, strict=True)]
        for bands in zip(*histograms, strict=True)
    ]
