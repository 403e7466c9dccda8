"""Noise."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import pyvips
from pydantic import Field

from image_worker.operations.filter import Filter
from image_worker.picture import on_colour

if TYPE_CHECKING:
    from image_worker.picture import Picture


class Noise(Filter):
    """Add grain: noise that follows a Gaussian, the same in red, green and blue."""

    name = "noise"
    seconds_per_megapixel = 0.12
    examples = ({"sigma": 25, "seed": 1},)

    sigma: Annotated[float, Field(ge=0, le=128)] = 10
    """Standard deviation of the noise in levels, 0 to 128."""

    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0
    """The same seed always gives the same noise."""

    def run(self, picture: Picture) -> Picture:
        """Add noise to the colours, another to each frame; transparency stays."""
        if self.sigma == 0:
            return picture
        frames = tuple(
            self._with_noise(frame, (self.seed + index) % 2**31)
            for index, frame in enumerate(picture.frames)
        )
        return replace(picture, frames=frames)

    def _with_noise(self, image: pyvips.Image, seed: int) -> pyvips.Image:
        noise = pyvips.Image.gaussnoise(
            image.width, image.height, mean=0, sigma=self.sigma, seed=seed
        )
        return on_colour(
            image,
            lambda colour: (
                (colour + noise).rint().cast("uchar").copy(interpretation=colour.interpretation)
            ),
        )
