"""Keeps the promises of an output: the bytes it may have, at the likeness it must have."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from image_worker.errors import ContractError, InvalidParameterError
from image_worker.formats.avif import Avif
from image_worker.formats.base import Lossy
from image_worker.operations.resize import Resize
from image_worker.picture import in_memory
from image_worker.pipeline.trials import Made, Trial, trials_cost

if TYPE_CHECKING:
    from collections.abc import Callable

    from image_worker.fields import Size
    from image_worker.formats.base import Output
    from image_worker.limits import Limits
    from image_worker.picture import Picture

_SIZES = 8
"""The most smaller sizes that are tried."""
_AT_ALL_SIZES = 4
"""What all sizes cost together, as often as the first: each is smaller than the one before."""
_GOAL, _ENOUGH = 0.97, 0.93
"""Shares of the allowed bytes: what a guess aims at, and what no better one is looked for."""
_GROWTH = 0.8
"""Bytes grow with this power of the pixels: a smaller picture has more detail in each."""


@dataclass(frozen=True, slots=True)
class Press:
    """Makes files that keep their promises."""

    dress: Callable[[Picture], Picture]
    """Gives a picture the colours and the metadata of its file."""
    finish: Callable[[bytes], bytes]
    """Adds to a file what its encoder cannot write."""

    def make(self, picture: Picture, output: Output) -> Made:
        """Return the file that keeps every promise, or fail and name what was reached."""
        limit = output.most_bytes
        if limit is None and output.quality != "auto":
            data = self.finish(output.encode(self.dress(picture)))
            return Made(data, picture, output.used_quality)
        picture = picture.each(in_memory)
        made = self._at_size(picture, output, limit)
        if limit is None or len(made.data) <= limit:
            return made
        if output.shrink:
            made = self._shrunk(made, output, limit)
        if len(made.data) <= limit:
            return made
        raise ContractError(
            f"expected at most {limit} bytes, the least that was reached are {_described(made)}",
            path="output.max_bytes",
        )

    def _at_size(self, picture: Picture, output: Output, limit: int | None) -> Made:
        """Return the best file of this size that fits, or the smallest if none does."""
        trial = Trial(picture, self.dress(picture).each(in_memory), self.finish)
        if not (isinstance(output, Lossy) and output.loses):
            return trial.made(output)
        if output.quality == "auto":
            return trial.lowest(output)
        return trial.fitting(output, limit or 0)

    def _shrunk(self, whole: Made, output: Output, limit: int) -> Made:
        """Return the largest picture that fits, or the smallest if none does."""
        if isinstance(output, Lossy) and whole.quality is not None and output.quality != "auto":
            output = output.at(whole.quality)
        over, under = (1.0, len(whole.data)), None
        best, smallest = None, whole
        for attempt in range(_SIZES):
            scale = _guess(over, under, limit * _GOAL, attempt)
            made = self._at_size(_resized(whole.picture, scale), output, limit)
            if len(made.data) > limit:
                over, smallest = (scale, len(made.data)), made
            else:
                under, best = (scale, len(made.data)), made
            if len(made.data) in range(int(limit * _ENOUGH), limit + 1):
                break
            if under and (over[0] - under[0]) * max(whole.picture.size) < 1:
                break
        return best or smallest


def writing_cost(output: Output, size: Size) -> float:
    """Return the CPU seconds that writing one frame takes, all tries included, by estimate."""
    return trials_cost(output, size) * (_AT_ALL_SIZES if output.shrink else 1)


def check_effort(output: Output, limits: Limits, path: str) -> None:
    """Refuse an effort beyond the limits."""
    if isinstance(output, Avif) and output.effort > limits.max_avif_effort:
        raise InvalidParameterError(
            f"expected an effort of at most {limits.max_avif_effort} for AVIF, got {output.effort}",
            path=f"{path}.effort",
        )


def _guess(
    over: tuple[float, int], under: tuple[float, int] | None, goal: float, attempt: int
) -> float:
    """Return the scale at which a file probably has `goal` bytes.

    Between two that are known, or bolder with each attempt where none was small enough yet.
    """
    scale, size = over
    if under is None:
        return float(scale * (goal / size) ** ((1 + attempt / 2) / (2 * _GROWTH)))
    part = math.log(goal / under[1]) / math.log(size / under[1])
    return float(under[0] * (scale / under[0]) ** min(0.9, max(0.1, part)))


def _resized(picture: Picture, scale: float) -> Picture:
    size: Size = picture.size
    width, height = (max(1, int(side * scale + 0.5)) for side in size)
    smaller = Resize(width=width, height=height, maintain_aspect=False)
    return smaller.run(picture).each(in_memory)


def _described(made: Made) -> str:
    size = made.picture.size
    quality = f" at quality {made.quality}" if made.quality is not None else ""
    return f"{len(made.data)}, with {size.width}x{size.height} pixels{quality}"
