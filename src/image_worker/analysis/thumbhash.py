"""ThumbHash."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pybase64

from image_worker.analysis.base import Analyzer, Subject
from image_worker.analysis.cosines import frequencies
from image_worker.fields import Size
from image_worker.picture import coloured, with_alpha

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_LONGEST = 100
_SHORTEST = 16
"""Pixels of a side below which waves could not be told apart."""
_FULL = 255
_BANDS = 4
_ROUNDING = 1e-9
"""Waves that are smaller are the rounding of the machine."""


class Thumbhash(Analyzer):
    """ThumbHash: some 30 characters of base64 that a page turns into a blurred preview.

    It keeps transparency and the shape, and more detail than BlurHash in as many bytes. The format
    is Evan Wallace's (https://evanw.github.io/thumbhash/). Computed from a copy whose longer side
    has 100 pixels, the most that the format foresees; very thin and very small pictures are
    stretched to 16 pixels.
    """

    name = "thumbhash"
    reads = "overview"

    def measure(self, subject: Subject) -> str:
        """Return the hash in base64."""
        size = subject.fitted(_LONGEST)
        copy = Size(*(max(_SHORTEST, side) for side in size))
        image = with_alpha(coloured(subject.thumbnail(copy)))
        made = thumbhash(bytes(image.write_to_memory()), copy.width, size)
        return pybase64.b64encode_as_string(made)


def thumbhash(rgba: bytes, row: int, size: Size) -> bytes:
    """Return the ThumbHash of pixels, `row` in a row, of a picture that has this shape.

    They are not premultiplied.
    """
    width, height = size
    opacity, light, yellow_blue, red_green = _channels(rgba)
    alpha = any(part < 1 for part in opacity)
    longest, limit = max(width, height), 5 if alpha else 7
    across, down = (max(1, _nearest(limit * side / longest)) for side in (width, height))
    wide = width > height
    waves = [
        _Waves(light, row, max(3, across), max(3, down)),
        _Waves(yellow_blue, row, 3, 3),
        _Waves(red_green, row, 3, 3),
    ]
    first, second, third = waves
    parts = [
        (_nearest(63 * first.mean), 6),
        (_nearest(31.5 + 31.5 * second.mean), 6),
        (_nearest(31.5 + 31.5 * third.mean), 6),
        (_nearest(31 * first.scale), 5),
        (int(alpha), 1),
        (down if wide else across, 3),
        (_nearest(63 * second.scale), 6),
        (_nearest(63 * third.scale), 6),
        (int(wide), 1),
    ]
    if alpha:
        waves.append(_Waves(opacity, row, 5, 5))
        parts += [(_nearest(15 * waves[-1].mean), 4), (_nearest(15 * waves[-1].scale), 4)]
    parts += [(term, 4) for one in waves for term in one.terms()]
    return _packed(parts)


class _Waves:
    """A channel as its mean, and the size of waves in it."""

    def __init__(self, channel: Sequence[float], width: int, across: int, down: int) -> None:
        terms = frequencies(channel, width, across, down)
        # The triangle of lower frequencies; the first is the mean.
        kept = [
            term / len(channel)
            for row, line in enumerate(terms)
            for column, term in enumerate(line)
            if column * down < across * (down - row)
        ]
        self.mean, *self._waves = kept
        largest = max(map(abs, self._waves), default=0.0)
        self.scale = largest if largest > _ROUNDING else 0.0

    def terms(self) -> Iterator[int]:
        """Yield each wave in 4 bits."""
        for wave in self._waves:
            yield _nearest(15 * (0.5 + 0.5 / self.scale * wave)) if self.scale else 0


def _channels(rgba: bytes) -> tuple[list[float], list[float], list[float], list[float]]:
    """Return opacity, lightness, yellow against blue, and red against green, 0 to 1.

    Transparent pixels have the average colour.
    """
    red, green, blue, alpha = (rgba[band::_BANDS] for band in range(_BANDS))
    opacity = [part / _FULL for part in alpha]
    whole = sum(opacity)
    colours = []
    for band in (red, green, blue):
        seen = [part / _FULL * each for part, each in zip(band, opacity, strict=True)]
        mean = sum(seen) / whole if whole else 0.0
        colours.append([mean * (1 - each) + part for part, each in zip(seen, opacity, strict=True)])
    pixels = list(zip(*colours, strict=True))
    light = [(r + g + b) / 3 for r, g, b in pixels]
    yellow_blue = [(r + g) / 2 - b for r, g, b in pixels]
    return opacity, light, yellow_blue, [r - g for r, g, _ in pixels]


def _nearest(value: float) -> int:
    """Return the nearest whole number, halves upwards even if they were computed a bit lower."""
    return math.floor(value + 0.5 + _ROUNDING)


def _packed(parts: Iterable[tuple[int, int]]) -> bytes:
    """Return values of so many bits each, the first in the lowest bits."""
    number = used = 0
    for value, bits in parts:
        number |= value << used
        used += bits
    return number.to_bytes((used + 7) // 8, "little")
