"""Resampling to an exact size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pyvips

from image_worker.fields import Size
from image_worker.picture import has_alpha, on_premultiplied

if TYPE_CHECKING:
    from collections.abc import Callable

Kernel = Literal[
    "nearest", "linear", "cubic", "mitchell", "lanczos2", "lanczos3", "mks2013", "mks2021"
]
"""How pixels are weighed when shrinking."""

_GAP = 4
"""How many times too large a picture is left by plain averaging, before the kernel does the rest.
With 2, libvips' default, pictures are four levels from Pillow's, and take no less time."""

_MOST_PADDING = 24
"""Pixels of the result that may be made of repeated edges, and then cut off."""

_SHIFT = 0.01
"""Pixels of the result that nobody sees it shifted by."""

_DEEP = 65_535


def scaled(
    image: pyvips.Image,
    factors: tuple[float, float],
    target: Size,
    kernel: Kernel = "lanczos3",
    *,
    linear: bool = False,
) -> pyvips.Image:
    """Return the image resampled by the factors, which give exactly `target`.

    Colours are premultiplied, and in linear light if wanted.
    """
    across, down = factors
    if across == down == 1:
        return image
    padded = Size(_aligned(target.width, across), _aligned(target.height, down))
    if padded != (image.width, image.height):
        image = image.embed(0, 0, *padded, extend="copy")
    around = _in_linear_light if linear else on_premultiplied
    result = around(image, lambda part: part.resize(across, vscale=down, kernel=kernel, gap=_GAP))
    return result if target == (result.width, result.height) else result.crop(0, 0, *target)


def _aligned(target: int, factor: float) -> int:
    """Return the side that the factor takes closest to whole pixels, at least to the target.

    libvips rounds the result to whole pixels and centres what is left over. That would shift a
    picture that the decoder shrank, where the shrinking does not divide a side, by up to half a
    pixel; so such a picture is padded until hardly anything is left over.
    """

    def left_over(whole: int) -> float:
        return max(_SHIFT, abs(round(whole / factor) * factor - whole))

    return round(min(range(target, target + _MOST_PADDING), key=left_over) / factor)


def _in_linear_light(
    image: pyvips.Image, change: Callable[[pyvips.Image], pyvips.Image]
) -> pyvips.Image:
    """Change the image while its levels are proportional to light, in 16 bits."""
    light = _colours(image).maplut(_to_light())
    if not has_alpha(image):
        return _as_it_was(change(light).maplut(_from_light()), image)
    alpha = (image[image.bands - 1] * (_DEEP // 255)).cast("ushort")
    changed = change(light.bandjoin(alpha).premultiply(max_alpha=_DEEP))
    changed = changed.unpremultiply(max_alpha=_DEEP).rint().cast("ushort")
    alpha = (changed[image.bands - 1] / (_DEEP // 255)).rint().cast("uchar")
    return _as_it_was(_colours(changed).maplut(_from_light()).bandjoin(alpha), image)


def _colours(image: pyvips.Image) -> pyvips.Image:
    return image[: image.bands - 1] if has_alpha(image) else image


def _as_it_was(image: pyvips.Image, before: pyvips.Image) -> pyvips.Image:
    return image.copy(interpretation=before.interpretation)


def _to_light() -> pyvips.Image:
    """Return the transfer function of sRGB (IEC 61966-2-1) from 8 to 16 bits, as a table."""
    level = pyvips.Image.identity() / 255
    light = (level > 0.04045).ifthenelse(((level + 0.055) / 1.055) ** 2.4, level / 12.92)  # noqa: PLR2004
    return (light * _DEEP).rint().cast("ushort")


def _from_light() -> pyvips.Image:
    """Return its inverse, from 16 to 8 bits."""
    light = pyvips.Image.identity(ushort=True) / _DEEP
    level = (light > 0.0031308).ifthenelse(light ** (1 / 2.4) * 1.055 - 0.055, light * 12.92)  # noqa: PLR2004
    return (level * 255).rint().cast("uchar")
