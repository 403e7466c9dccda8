"""Looks for the quality that fits, with as few encodes as possible."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from image_worker.errors import ContractError
from image_worker.formats.base import Lossy
from image_worker.measures import Structure
from image_worker.picture import said
from image_worker.pipeline.header import sniff
from image_worker.pipeline.profiles import as_seen

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyvips

    from image_worker.fields import Size
    from image_worker.formats.base import Output
    from image_worker.picture import Picture

_BEST = 100
_ENCODES = 7
"""The most encodes in one search; enough for every quality from 1 to 100."""
_CORRECTIONS = 3
_ENOUGH = 0.97
"""Share of the allowed bytes from which on no better quality is looked for."""
_COMPARED = 4
"""The most frames of an animation that are compared."""
_USUAL = 6
"""Encodes that a search usually takes."""
_MEASURING = 0.1
"""CPU seconds a megapixel for reading a file again and comparing it, by estimate."""


@dataclass(frozen=True, slots=True)
class Made:
    """A file, and how it came about."""

    data: bytes
    picture: Picture
    """What was written, before it got the colours of its file."""
    quality: int | None = None
    ssim: float | None = None


@dataclass(frozen=True)
class Trial:
    """Encodes one picture again and again."""

    picture: Picture
    dressed: Picture
    """The picture as its encoder shall get it, in memory."""
    finish: Callable[[bytes], bytes]

    def made(self, output: Output) -> Made:
        """Return the file at the quality of the output."""
        data = self.finish(output.encode(self.dressed))
        return Made(data, self.picture, output.used_quality)

    def lowest(self, output: Lossy) -> Made:
        """Return the file of the lowest quality that is as like the picture as it must be."""
        quick = output.quick()
        low, high, found, nearest = output.min_quality, _BEST, None, 0.0
        while low <= high:
            middle = (low + high) // 2
            made = self._measured(quick.at(middle))
            nearest = max(nearest, made.ssim or 0)
            if (made.ssim or 0) >= output.min_ssim:
                found, high = made, middle - 1
            else:
                low = middle + 1
        if found is not None and quick != output:
            found = self._corrected(output, found.quality or _BEST)
        if found is None or (found.ssim or 0) < output.min_ssim:
            raise ContractError(
                f"expected a structural similarity of at least {output.min_ssim}, {output.name} "
                f"reaches {nearest:.4f} at quality {_BEST}",
                path="output.min_ssim",
            )
        return found

    def fitting(self, output: Lossy, limit: int) -> Made:
        """Return the file of the highest quality that fits, or of the lowest if none does."""
        made = self.made(output)
        top = made.quality or _BEST
        bottom = min(output.min_quality, top)
        if len(made.data) <= limit or bottom == top:
            return made
        quick = output.quick()
        alike = quick == output
        above = made if alike else self.made(quick.at(top))
        # An encoder that tries harder writes a smaller file; by how much hardly depends on quality.
        goal = limit * len(above.data) / len(made.data)
        found = self._between(quick, self.made(quick.at(bottom)), above, goal)
        if alike:
            return found
        return self._lowered(output, found.quality or bottom, bottom, limit)

    def _between(self, output: Lossy, below: Made, above: Made, goal: float) -> Made:
        """Return the best file of `goal` bytes or less between two, or the lower one of them."""
        for _ in range(_ENCODES - 2):
            low, high = below.quality or 1, above.quality or _BEST
            if high - low <= 1 or len(below.data) > goal or len(below.data) >= goal * _ENOUGH:
                break
            # The logarithm of the bytes grows about evenly with the quality.
            part = math.log(goal / len(below.data)) / math.log(len(above.data) / len(below.data))
            quality = min(high - 1, max(low + 1, low + int(part * (high - low))))
            made = self.made(output.at(quality))
            below, above = (made, above) if len(made.data) <= goal else (below, made)
        return below

    def _corrected(self, output: Lossy, quality: int) -> Made:
        """Return the file at full effort, at a higher quality if it is less like the picture."""
        for step in range(_CORRECTIONS):
            made = self._measured(output.at(min(_BEST, quality + 2 * step)))
            if (made.ssim or 0) >= output.min_ssim:
                break
        return made

    def _lowered(self, output: Lossy, quality: int, bottom: int, limit: int) -> Made:
        """Return the file at full effort, at a lower quality if it has become too large."""
        for step in range(_CORRECTIONS):
            made = self.made(output.at(max(bottom, quality - 3 * step)))
            if len(made.data) <= limit or made.quality == bottom:
                return made
        return self.made(output.at(bottom))

    def _measured(self, output: Lossy) -> Made:
        made = self.made(output)
        pairs = zip(self._structures, self._decoded(made.data), strict=False)
        return replace(made, ssim=min(one.similarity(other) for one, other in pairs))

    @cached_property
    def _structures(self) -> list[Structure]:
        return [Structure(as_seen(self.dressed.frames[index])) for index in self._compared]

    @property
    def _compared(self) -> range:
        count = len(self.dressed.frames)
        return range(0, count, math.ceil(count / _COMPARED))

    def _decoded(self, data: bytes) -> list[pyvips.Image]:
        """Return the frames that are compared, as a reader of the file sees them."""
        frames = len(self.dressed.frames)
        reader = sniff(data, svg=False)
        strip = reader.open(data, **({"n": -1} if frames > 1 else {})).copy_memory()
        height = said(strip, "page-height", strip.height)
        if strip.height // height != frames:  # frames alike were joined to one
            return [_plain(strip.crop(0, 0, strip.width, height))]
        tops = (index * height for index in self._compared)
        return [_plain(strip.crop(0, top, strip.width, height)) for top in tops]


def trials_cost(output: Output, size: Size) -> float:
    """Return the CPU seconds that looking for a quality usually takes, by estimate."""
    once = output.cost(size)
    if not isinstance(output, Lossy) or not output.loses:
        return once
    quick = output.quick()
    seconds = _USUAL * quick.cost(size) + (0 if quick == output else once)
    if output.quality == "auto":
        return seconds + _USUAL * _MEASURING * size.megapixels
    return seconds if output.most_bytes else once


def _plain(image: pyvips.Image) -> pyvips.Image:
    """Return the image in 8 bit."""
    image = as_seen(image)
    return image if image.format == "uchar" else image.colourspace("srgb").cast("uchar")
