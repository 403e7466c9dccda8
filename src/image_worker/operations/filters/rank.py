"""What filters share that take the smallest, the middle or the largest of neighbouring levels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, Field

if TYPE_CHECKING:
    import pyvips


def _odd(size: int) -> int:
    if size % 2:
        return size
    raise ValueError(f"expected an odd number of pixels, from 3 to 31, got {size}")


OddSize = Annotated[int, Field(ge=3, le=31), AfterValidator(_odd)]
"""The side of a square of pixels with one in its middle."""


SECONDS_PER_MEGAPIXEL = 0.015
"""CPU seconds that `extreme` takes for each pixel of the side of the square, by estimate."""


def ranked(image: pyvips.Image, across: int, down: int, index: int) -> pyvips.Image:
    """Return the level at that place in the order of the `across` x `down` around each pixel.

    Beyond its border the picture goes on evenly.
    """
    if across <= image.width and down <= image.height:
        return image.rank(across, down, index)
    wider = image.embed(
        across // 2, down // 2, image.width + across - 1, image.height + down - 1, extend="copy"
    )
    return wider.rank(across, down, index).crop(across // 2, down // 2, image.width, image.height)


def extreme(image: pyvips.Image, size: int, *, largest: bool) -> pyvips.Image:
    """Return the largest, or the smallest, level of the square around each pixel."""
    index = size - 1 if largest else 0
    return ranked(ranked(image, size, 1, index), 1, size, index)
