"""Weighted sums of neighbouring pixels: small kernels, and the Gaussian of any width."""

from __future__ import annotations

from typing import NamedTuple

import pyvips

from image_worker.picture import in_memory

_LEAST_WEIGHT = 0.01
"""Weights of a Gaussian below this share of the middle one are left out."""

_SAMPLES = 4
"""Samples that each sigma keeps where a wide Gaussian works on a smaller picture."""

_MARGIN = 2
"""Samples around the smaller picture, for the interpolation on the way back."""


class Kernel(NamedTuple):
    """Weights by row, what their sum is divided by, and what is added at the end."""

    rows: list[list[int]]
    scale: int = 1
    offset: int = 0
    exact: bool = False
    """Compute in floating point; libvips' integers would be off by 1 for some scales."""


SMOOTH = Kernel([[1, 1, 1], [1, 5, 1], [1, 1, 1]], 13, exact=True)
"""The kernel of Pillow's `SMOOTH`, which its sharpness starts from."""

_SMALL = 4_000_000
"""Pixels up to which a copy of the picture costs less than making it twice."""


def ready(image: pyvips.Image) -> pyvips.Image:
    """Return the image as `convolve` reads it fastest.

    It is read twice, by the sums and for the border, and a resize before would be done twice.
    """
    return in_memory(image) if image.width * image.height <= _SMALL else image


def convolve(image: pyvips.Image, kernel: Kernel) -> pyvips.Image:
    """Return the weighted sums; pixels too near to the border for the kernel stay as they are."""
    edge, reach = len(kernel.rows) // 2, len(kernel.rows) - 1
    if image.width <= reach or image.height <= reach:
        return image
    mask = pyvips.Image.new_from_array(kernel.rows, scale=kernel.scale, offset=kernel.offset)
    if image.format != "uchar":
        summed = image.conv(mask, precision="float").cast(image.format)
    elif kernel.exact:
        summed = image.conv(mask, precision="float").rint().cast("uchar")
    else:
        summed = image.conv(mask, precision="integer")
    inner = summed.crop(edge, edge, image.width - reach, image.height - reach)
    return image.insert(inner, edge, edge)


def gaussian(image: pyvips.Image, sigma: float) -> pyvips.Image:
    """Return the image blurred, as floating-point levels; beyond its border it goes on evenly.

    A wide Gaussian is worked on a picture that is smaller by whole cells: their means already
    have a spread, which is taken off the sigma. The result stays within a level or two.
    """
    cell = int(sigma / _SAMPLES)
    if cell <= 1:
        return _narrow(image.cast("float"), sigma)
    across, down = (-(-side // cell) + 2 * _MARGIN for side in (image.width, image.height))
    margin = _MARGIN * cell
    padded = image.embed(margin, margin, across * cell, down * cell, extend="copy")
    # In memory, since the way back reads each sample many times.
    small = padded.cast("float").shrink(cell, cell).copy_memory()
    spread = (cell**2 - 1) / 12
    small = _narrow(small, (sigma**2 - spread) ** 0.5 / cell)
    back = (cell - 1) / 2 - margin
    return small.affine(
        [cell, 0, 0, cell],
        interpolate=pyvips.Interpolate.new("bicubic"),
        odx=back,
        ody=back,
        oarea=[0, 0, image.width, image.height],
        extend="copy",
    )


def gaussian_seconds(sigma: float) -> float:
    """Return the CPU seconds that `gaussian` takes for a megapixel, by estimate."""
    return 0.04 + 0.04 * min(sigma, 2 * _SAMPLES)


def _narrow(image: pyvips.Image, sigma: float) -> pyvips.Image:
    # libvips' integers, and its usual cut at a weight of 0.2, can be off by many levels.
    return image.gaussblur(sigma, min_ampl=_LEAST_WEIGHT, precision="float")
