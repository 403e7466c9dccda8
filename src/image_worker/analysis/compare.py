"""Comparison."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from pydantic import ConfigDict, Field

from image_worker.analysis.base import Analyzer, Subject
from image_worker.measures import delta_e, psnr, ssim
from image_worker.picture import coloured, has_alpha, in_memory
from image_worker.sources.base import AnySource

if TYPE_CHECKING:
    import pyvips

_GREY = 128


class Compare(Analyzer):
    """How like another picture this is: `ssim`, `psnr` and `delta_e`.

    `ssim` is the structural similarity of the luma at half size, 1 where both are the same, as
    results tell it; `psnr` the peak signal-to-noise ratio of red, green and blue in decibels, null
    where both are the same; and `delta_e` the mean difference of colours by CIEDE2000, of which
    about 1 can just be seen. The other picture is first scaled to the size of this one;
    transparent pixels are mid grey.
    """

    name = "compare"
    seconds_per_megapixel = 0.35
    examples = ({"with": {"url": "https://example.com/original.png"}},)
    model_config = ConfigDict(serialize_by_alias=True)

    other: AnySource | None = Field(default=None, alias="with")
    """The other picture. Default: the input, where the result is measured."""

    def refusal(self, side: str) -> str:
        """Refuse to compare the input to itself."""
        if side == "input" and self.other is None:
            return 'expected "with", the picture to compare the input to, got none'
        return super().refusal(side)

    def measure(self, subject: Subject) -> dict[str, Any]:
        """Return the three measures."""
        one, other = _seen(subject.image), self._other(subject)
        noise = psnr(one, other)
        return {
            "ssim": round(ssim(one, other), 6),
            "psnr": round(noise, 4) if math.isfinite(noise) else None,
            "delta_e": round(delta_e(one, other), 4),
        }

    def _other(self, subject: Subject) -> pyvips.Image:
        inputs, original = subject.picture.inputs, subject.original or subject.picture
        picture = original if self.other is None else inputs.picture(self.other)
        image, size = _seen(picture.image), subject.picture.size
        across, down = size.width / image.width, size.height / image.height
        return in_memory(image.resize(across, vscale=down))


def _seen(image: pyvips.Image) -> pyvips.Image:
    """Return the image in colour and without transparency."""
    flat = image.flatten(background=[_GREY] * (image.bands - 1)) if has_alpha(image) else image
    return coloured(flat)
