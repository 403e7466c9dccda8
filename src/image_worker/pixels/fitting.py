"""How a picture takes the width and height that it is given on top of, or behind, another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from image_worker.fields import Size, place
from image_worker.pixels.scaling import scaled

if TYPE_CHECKING:
    import pyvips

Fit = Literal["inside", "contain", "cover", "fill", "outside"]


def sized(size: Size, width: int | None, height: int | None, fit: Fit) -> Size:
    """Return what a picture of that size is scaled to."""
    if width is None and height is None:
        return size
    if fit == "fill":
        return Size(width or size.width, height or size.height)
    factors = [
        side / whole for side, whole in zip((width, height), size, strict=True) if side is not None
    ]
    factor = max(factors) if fit in {"cover", "outside"} else min(factors)
    return Size(max(1, int(size.width * factor + 0.5)), max(1, int(size.height * factor + 0.5)))


def fitted(image: pyvips.Image, width: int | None, height: int | None, fit: Fit) -> pyvips.Image:
    """Return the image at the width and height; the other side follows where one is given."""
    size = Size(image.width, image.height)
    target = sized(size, width, height, fit)
    factors = (target.width / size.width, target.height / size.height)
    image = scaled(image, factors, target)
    box = Size(width or target.width, height or target.height)
    if box == target or fit not in {"contain", "cover"}:
        return image
    if fit == "contain":
        return image.embed(*place(target, box, "center"), *box)
    part = Size(*map(min, box, target))
    return image.crop(*place(part, target, "center"), *part)
