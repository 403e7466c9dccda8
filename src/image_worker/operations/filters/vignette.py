"""Vignette."""

from __future__ import annotations

from typing import Annotated

import pyvips
from pydantic import Field

from image_worker.operations.filter import Filter
from image_worker.picture import on_colour


class Vignette(Filter):
    """Darken the picture towards its corners."""

    name = "vignette"
    seconds_per_megapixel = 0.06
    examples = ({"strength": 0.8},)

    strength: Annotated[float, Field(ge=0, le=1)] = 0.5
    """How dark the corners become: 0 not at all, 1 black."""

    radius: Annotated[float, Field(ge=0, lt=1)] = 0.3
    """Where it begins, as a share of the way from the middle to a corner, 0 up to 1."""

    def apply(self, image: pyvips.Image) -> pyvips.Image:
        """Darken the colours; transparency stays."""
        if self.strength == 0:
            return image
        light = self._light(image.width, image.height)
        return on_colour(
            image,
            lambda colour: (
                (colour * light).rint().cast("uchar").copy(interpretation=colour.interpretation)
            ),
        )

    def _light(self, width: int, height: int) -> pyvips.Image:
        """Return what each pixel is multiplied by: ellipses, with a smooth step outwards."""
        middle = [(width - 1) / 2, (height - 1) / 2]
        place = (pyvips.Image.xyz(width, height) - middle) / [width / 2, height / 2]
        far = ((place * place).bandmean()) ** 0.5
        way = (far - self.radius) / (1 - self.radius)
        way = (way > 0).ifthenelse(way, 0)
        return way * way * (way * -2 + 3) * -self.strength + 1
