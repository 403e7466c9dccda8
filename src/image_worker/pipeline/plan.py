"""Looks at the whole list of operations before the first pixel is decoded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from image_worker.errors import ImageWorkerError, OutputTooLargeError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from image_worker.fields import Size
    from image_worker.formats.base import Output
    from image_worker.limits import Limits
    from image_worker.operations.base import Operation
    from image_worker.pipeline.header import Header

_LEAST_LEFT = 2
"""How many times too large the decoder must leave the picture, so that its part cannot be seen."""

_SHRINKS = {"shrink": (8, 4, 2), "scale": (8, 4, 2)}


def check_sizes(
    size: Size, operations: Sequence[Operation], frames: int, limits: Limits
) -> list[Size]:
    """Return the size after each operation, or refuse the first that would grow too large."""
    sizes = []
    for index, operation in enumerate(operations):
        path = f"operations[{index}].params"
        try:
            size = operation.size(size)
        except ImageWorkerError as error:
            raise error.at(path) from None
        check_size(size, frames, limits, path)
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


def check_format(size: Size, output: Output) -> None:
    """Refuse a size that the format cannot store."""
    if max(size) > output.longest_side:
        raise OutputTooLargeError(
            f"{output.name} stores sides of at most {output.longest_side} pixels, the result has "
            f"{size.width}x{size.height}",
            path="output.format",
        )


def shrink_on_load(header: Header, operations: Sequence[Operation]) -> int:
    """Return how much smaller the decoder may make the picture without anybody seeing it."""
    for shrink in _SHRINKS.get(header.reader.shrinks or "", ()):
        whole = all(side % shrink == 0 for side in header.stored)
        if (whole or header.orientation == 1) and _allows(operations, header.size, shrink):
            return shrink
    return 1


def _allows(operations: Sequence[Operation], size: Size, shrink: int) -> bool:
    for operation in operations:
        reduction = operation.reduction(size)
        if reduction > 1:
            return reduction >= shrink * _LEAST_LEFT
        if not operation.passes_shrunk(size, shrink):
            return False
        size = operation.size(size)
    return False
