"""What a job costs, in CPU seconds, by estimate from its sizes.

Each operation, format and measurement estimates its own part; here is what surrounds them, and the
sum. The estimates are meant to keep out what would run into its deadline, not to be exact.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from image_worker.errors import TooCostlyError
from image_worker.operations.base import Effect

if TYPE_CHECKING:
    from collections.abc import Iterable

    from image_worker.analysis.base import Analyzer
    from image_worker.fields import Size
    from image_worker.limits import Limits
    from image_worker.operations.base import Operation
    from image_worker.pipeline.header import Header

_BLENDING = 0.1
"""CPU seconds a megapixel for `where` and `amount`: a mask, and two pictures put together by it."""


class Part(NamedTuple):
    """A part of a job, and what it costs."""

    path: str
    seconds: float


def step_cost(operation: Operation, size: Size) -> float:
    """Return what a step costs for a frame of that size."""
    seconds = operation.cost(size)
    if isinstance(operation, Effect) and (operation.where is not None or operation.amount != 1):
        seconds += _BLENDING * size.megapixels
    return seconds


def reading_cost(header: Header, frames: int = 1) -> float:
    """Return what reading so many frames costs."""
    seconds = header.reader.seconds_per_megapixel * header.passes
    return seconds * header.size.megapixels * frames


def measuring_cost(wanted: Iterable[Analyzer], size: Size) -> float:
    """Return what the measurements of a picture of that size cost."""
    return sum(one.seconds_per_megapixel for one in wanted) * size.megapixels


def check_cost(parts: Iterable[Part], limits: Limits) -> float:
    """Return what all parts cost together, or refuse it and name the most costly one."""
    parts = list(parts)
    total = sum(part.seconds for part in parts)
    if total > limits.max_cost:
        worst = max(parts, key=lambda part: part.seconds)
        raise TooCostlyError(
            f"expected a job of at most {limits.max_cost:g} CPU seconds, by estimate it takes "
            f"{total:.3g}, of which {worst.seconds:.3g} are for this part",
            path=worst.path,
        )
    return total
