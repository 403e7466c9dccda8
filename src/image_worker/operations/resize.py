"""Resize."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, Self

from pydantic import model_validator

from image_worker.color import Color
from image_worker.fields import Length, Side, Size, place, rounded
from image_worker.operations.base import Geometry
from image_worker.picture import Picture, ink, on_premultiplied

if TYPE_CHECKING:
    import pyvips

_GAP = 4
"""How many times too large a picture is left by plain averaging, before the kernel does the rest.
With 2, libvips' default, pictures are four levels from Pillow's, and take no less time."""

_MOST_PADDING = 24
"""Pixels of the result that may be made of repeated edges, and then cut off."""

_SHIFT = 0.01
"""Pixels of the result that nobody sees it shifted by."""


class _Plan(NamedTuple):
    """The size to scale to, and the size of the result where it is cropped or padded."""

    scaled: Size
    result: Size


class Resize(Geometry):
    """Scale the picture to a width, a height, or a box of both.

    With one side the other follows. With both, `fit` says what happens where the proportions
    differ. Sides are rounded to the nearest pixel and are at least 1.
    """

    name = "resize"

    width: Length | None = None
    """Width in pixels, or as a share of the picture such as `"50%"`."""

    height: Length | None = None
    """Height in pixels, or as a share of the picture such as `"50%"`."""

    maintain_aspect: bool = True
    """Keep the proportions; `false` is the same as `fit: "fill"`."""

    fit: Literal["inside", "cover", "contain", "fill", "outside"] = "inside"
    """What to do with a box of other proportions: stay `inside` of it, `cover` it and crop, be
    `contain`ed in it with bars, `fill` it by stretching, or reach `outside` of it."""

    gravity: Side = "center"
    """Which part to keep for `cover`, and where the picture stands for `contain`."""

    background: Color = "black"
    """Colour of the bars for `contain`."""

    enlarge: bool | None = None
    """Whether the picture may grow. Default: not for a box with `inside`, else yes."""

    kernel: Literal["nearest", "linear", "cubic", "mitchell", "lanczos2", "lanczos3"] = "lanczos3"
    """How pixels are weighed when shrinking."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.width is None and self.height is None:
            raise ValueError('expected "width", "height" or both, got neither')
        if not self.maintain_aspect and self.fit not in {"inside", "fill"}:
            raise ValueError(f'"maintain_aspect": false cannot go with "fit": "{self.fit}"')
        return self

    def run(self, picture: Picture) -> Picture:
        """Resample with the kernel, on premultiplied colours."""
        plan = self._plan(picture.size)
        shown = [side / picture.shrunk for side in picture.size]
        factors = [side / whole for side, whole in zip(plan.scaled, shown, strict=True)]
        return picture.whole().each(
            lambda image: self._framed(self._scaled(image, factors, plan.scaled), plan)
        )

    def size(self, size: Size) -> Size:
        """Return the size of the result."""
        return self._plan(size).result

    def reduction(self, size: Size) -> float:
        """Return how many times smaller the result is."""
        scaled = self._plan(size).scaled
        return min(size.width / scaled.width, size.height / scaled.height)

    def _scaled(self, image: pyvips.Image, factors: list[float], target: Size) -> pyvips.Image:
        across, down = factors
        if across == down == 1:
            return image
        padded = Size(_aligned(target.width, across), _aligned(target.height, down))
        if padded != (image.width, image.height):
            image = image.embed(0, 0, *padded, extend="copy")
        scaled = on_premultiplied(
            image, lambda part: part.resize(across, vscale=down, kernel=self.kernel, gap=_GAP)
        )
        return scaled if target == (scaled.width, scaled.height) else scaled.crop(0, 0, *target)

    def _framed(self, image: pyvips.Image, plan: _Plan) -> pyvips.Image:
        if plan.result == plan.scaled:
            return image
        if self.fit == "cover":
            left, top = place(plan.result, plan.scaled, self.gravity)
            return image.crop(left, top, *plan.result)
        image, background = ink(image, self.background)
        left, top = place(plan.scaled, plan.result, self.gravity)
        return image.embed(left, top, *plan.result, extend="background", background=background)

    def _plan(self, size: Size) -> _Plan:
        width = None if self.width is None else rounded(self.width, size.width, size)
        height = None if self.height is None else rounded(self.height, size.height, size)
        if self.fit == "fill" or not self.maintain_aspect:
            target = Size(width or size.width, height or size.height)
            return self._unless_grown(size, target)
        factors = [
            side / whole for side, whole in ((width, size.width), (height, size.height)) if side
        ]
        factor = max(factors) if self.fit in {"cover", "outside"} else min(factors)
        return self._boxed(size, factor, width, height)

    def _unless_grown(self, size: Size, target: Size) -> _Plan:
        if self.enlarge is False:
            target = Size(min(target.width, size.width), min(target.height, size.height))
        return _Plan(target, target)

    def _boxed(self, size: Size, factor: float, width: int | None, height: int | None) -> _Plan:
        if not self._may_grow(boxed=bool(width and height)):
            factor = min(1.0, factor)
        scaled = Size(
            max(1, int(size.width * factor + 0.5)), max(1, int(size.height * factor + 0.5))
        )
        if not (width and height) or self.fit not in {"cover", "contain"}:
            return _Plan(scaled, scaled)
        if self.fit == "contain":
            return _Plan(scaled, Size(width, height))
        return _Plan(scaled, Size(min(width, scaled.width), min(height, scaled.height)))

    def _may_grow(self, *, boxed: bool) -> bool:
        return self.enlarge if self.enlarge is not None else not (boxed and self.fit == "inside")


def _aligned(target: int, factor: float) -> int:
    """Return the side that the factor takes closest to whole pixels, at least to the target.

    libvips rounds the result to whole pixels and centres what is left over. That would shift a
    picture that the decoder shrank, where the shrinking does not divide a side, by up to half a
    pixel; so such a picture is padded until hardly anything is left over.
    """

    def left_over(whole: int) -> float:
        return max(_SHIFT, abs(round(whole / factor) * factor - whole))

    return round(min(range(target, target + _MOST_PADDING), key=left_over) / factor)
