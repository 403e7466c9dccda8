"""Convolve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Self

import pyvips
from pydantic import Field, model_validator

from image_worker.component import Several
from image_worker.operations.filter import Filter
from image_worker.picture import on_colour, on_premultiplied

if TYPE_CHECKING:
    from collections.abc import Callable

    from image_worker.fields import Size

_LARGEST = 1e6
_FLOATS, _WEIGHT = 0.05, 0.005
"""CPU seconds a megapixel, and for each weight, by estimate."""

Number = Annotated[float, Field(ge=-_LARGEST, le=_LARGEST)]
Row = Annotated[Several[Number], Field(min_length=1, max_length=15)]


class Convolve(Filter):
    """Replace each level by a weighted sum of the levels around it.

    The kernel lies on the picture as it is written, its middle on the pixel; beyond its border
    the picture goes on evenly. A kernel that averages, without negative weights, mixes
    transparency too; all others leave it alone.
    """

    name = "convolve"
    examples = ({"kernel": [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]]},)

    kernel: Annotated[Several[Row], Field(min_length=1, max_length=15)]
    """The weights: as many rows as columns, an odd number up to 15, such as
    `[[0, -1, 0], [-1, 5, -1], [0, -1, 0]]`."""

    scale: Number | None = None
    """What the sum is divided by, not 0. Default: the sum of the weights, or 1 if that is 0."""

    offset: Number = 0
    """What is added to each sum, in levels."""

    @model_validator(mode="after")
    def _is_square(self) -> Self:
        side = len(self.kernel)
        if side % 2 == 0:
            raise ValueError(f"expected a kernel with an odd number of rows, got {side}")
        for row in self.kernel:
            if len(row) != side:
                raise ValueError(
                    f"expected a kernel with as many columns as rows, got {side} rows and a row "
                    f"of {len(row)}"
                )
        if self.scale == 0:
            raise ValueError("expected a scale that is not 0, since the sum is divided by it")
        return self

    def cost(self, size: Size) -> float:
        """Return more for a larger kernel."""
        return (_FLOATS + _WEIGHT * len(self.kernel) ** 2) * size.megapixels

    def apply(self, image: pyvips.Image) -> pyvips.Image:
        """Convolve the colours, and the transparency with an averaging kernel."""
        around: Callable[..., pyvips.Image] = on_premultiplied if self._averages else on_colour
        return around(image, self._summed).copy(interpretation=image.interpretation)

    @property
    def _sum(self) -> float:
        return sum(map(sum, self.kernel))

    @property
    def _averages(self) -> bool:
        weights = [weight for row in self.kernel for weight in row]
        return min(weights) >= 0 and self.offset == 0 and self.scale in {None, self._sum}

    def _summed(self, part: pyvips.Image) -> pyvips.Image:
        scale = self.scale or self._sum or 1.0
        rows = [[weight / scale for weight in row] for row in self.kernel]
        summed = part.cast("float").conv(pyvips.Image.new_from_array(rows), precision="float")
        summed = summed + self.offset
        return summed.rint().cast("uchar") if part.format == "uchar" else summed
