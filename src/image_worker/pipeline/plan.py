"""Looks at the whole list of operations before the first pixel is decoded."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from image_worker.conditions import facts_of, holds
from image_worker.errors import ImageWorkerError, OutputTooLargeError
from image_worker.fields import Size
from image_worker.operations.base import Forgiving
from image_worker.pipeline.cost import step_cost

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from image_worker.formats.base import Output
    from image_worker.limits import Limits
    from image_worker.operations.base import Operation
    from image_worker.pipeline.header import Header

_LEAST_LEFT = {8: 2.5, 4: 2, 2: 2}
"""How many times too large the decoder must leave the picture for each of its shrinks, so that its
part cannot be seen: at most one level on average, measured over random crops of photographs."""

_LEAST_LEFT_OF_ODD = 4
"""The same where the shrink does not divide a side of the picture."""


@dataclass(frozen=True, slots=True)
class Expected:
    """The size of the picture after a step, before any pixel is known."""

    size: Size
    """The size, or the largest that each side can have."""
    exact: bool = True
    likely: Size | None = None
    """The size where nothing is known better, if it is not exact; costs are estimated from it."""
    path: str = ""
    """The step in the job."""
    seconds: float = 0.0
    """CPU seconds that the step takes for a frame, by estimate."""

    @property
    def usual(self) -> Size:
        """The size that costs are estimated from."""
        return self.likely or self.size


def expect(size: Expected, operation: Operation, facts: Mapping[str, Any], path: str) -> Expected:
    """Return the size after a step, and what the step costs."""
    unknown = operation.when is not None and not set(facts_of(operation.when)) <= set(facts)
    if operation.when is not None and not unknown and not holds(operation.when, facts):
        return replace(size, path=path, seconds=0.0)
    likely, seconds = size.usual, 0.0
    with contextlib.suppress(ImageWorkerError):  # it will fail, which is told where it matters
        likely, seconds = operation.result_size(size.usual), step_cost(operation, size.usual)
    try:
        grown = operation.result_size(size.size) if size.exact else operation.bound(size.size)
    except ImageWorkerError as error:
        if may_be_left_out(operation):
            return replace(size, path=path, seconds=seconds)
        raise error.at(path) from None
    exact = size.exact and not operation.by_content
    if unknown or may_be_left_out(operation):
        grown, exact = Size(*map(max, grown, size.size)), False
    return Expected(grown, exact, None if exact else likely, path, seconds)


def may_be_left_out(operation: Operation) -> bool:
    """Tell whether the job goes on where this step fails."""
    return isinstance(operation, Forgiving) and operation.on_error == "skip"


def expect_all(
    size: Expected,
    operations: Sequence[Operation],
    facts: Mapping[str, Any],
    check: Callable[[Expected, Operation], None],
    path: str = "operations",
) -> list[Expected]:
    """Return the size after each step, or refuse the first that is surely beyond the limits."""
    sizes = []
    for index, operation in enumerate(operations):
        size = expect(size, operation, facts, f"{path}[{index}].params")
        check(size, operation)
        sizes.append(size)
    return sizes


def check_size(size: Size, frames: int, limits: Limits, path: str) -> None:
    """Refuse a size beyond the limits."""
    megapixels = size.width * size.height * frames / 1e6
    made = f"this makes a picture of {size.width}x{size.height} pixels"
    if max(size) > limits.max_side:
        raise OutputTooLargeError(f"{made}; a side may have {limits.max_side}", path=path)
    if megapixels > limits.max_total_megapixels:
        all_frames = f" in {frames} frames" if frames > 1 else ""
        raise OutputTooLargeError(
            f"{made}{all_frames}, {megapixels:.1f} megapixels; "
            f"allowed are {limits.max_total_megapixels:g}",
            path=path,
        )


def check_format(size: Size, output: Output, path: str) -> None:
    """Refuse a size that the format cannot store."""
    if max(size) > output.longest_side:
        raise OutputTooLargeError(
            f"{output.name} stores sides of at most {output.longest_side} pixels, the result has "
            f"{size.width}x{size.height}",
            path=path,
        )


def shrink_on_load(header: Header, ways: Sequence[Sequence[Operation]]) -> int:
    """Return how much smaller the decoder may make the picture without anybody seeing it.

    A side that the shrinking does not divide loses a part of a pixel at its far end in JPEG, for
    which `Resize` makes up; the other decoders squeeze the side, and turning swaps its ends.
    """
    partly = header.reader.shrinks == "shrink" and header.orientation == 1
    for shrink, least in _LEAST_LEFT.items() if header.reader.shrinks else ():
        whole = all(side % shrink == 0 for side in header.stored)
        factor = shrink * (least if whole else _LEAST_LEFT_OF_ODD)
        if (whole or partly) and all(_allows(way, header.size, shrink, factor) for way in ways):
            return shrink
    return 1


def _allows(operations: Sequence[Operation], size: Size, shrink: int, factor: float) -> bool:
    for operation in operations:
        if may_be_left_out(operation):
            return False
        reduction = operation.reduction(size)
        if reduction > 1:
            return reduction >= factor
        if not operation.passes_shrunk(size, shrink):
            return False
        size = operation.result_size(size)
    return False
