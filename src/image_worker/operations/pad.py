"""Pad."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from pydantic import model_validator

from image_worker.fields import Aspect, Distance, Length, Size, pixels, ratio, rounded
from image_worker.operations.base import Geometry
from image_worker.pixels.fills import Fill, framed
from image_worker.selectors.gravity import INTERESTS, Gravity, window

if TYPE_CHECKING:
    from image_worker.picture import Picture


class Pad(Geometry):
    """Put the picture into a larger one: by room on its sides, by a size, or by proportions.

    Nothing of the picture is lost or scaled.
    """

    name = "pad"
    seconds_per_megapixel = 0.12
    examples = (
        {"all": "6%", "background": "#f1f3f5"},
        {"aspect": "16:9", "background": "blur"},
    )

    left: Distance | None = None
    """Room on the left: pixels, or a share of the width such as `"10%"`."""

    top: Distance | None = None
    """Room above: pixels, or a share of the height."""

    right: Distance | None = None
    """Room on the right."""

    bottom: Distance | None = None
    """Room below."""

    all: Distance | None = None
    """Room on those of the four sides that are not given."""

    width: Length | None = None
    """Width of the result; a picture that is wider keeps its width, with a notice."""

    height: Length | None = None
    """Height of the result; a picture that is higher keeps its height, with a notice."""

    aspect: Aspect | None = None
    """Proportions of the result, such as `"16:9"` or 1.5: the smallest that holds the picture."""

    gravity: Gravity = "center"
    """Where the picture stands in a size or proportions: a side or corner, a point such as
    `"30% 20%"`, or a selector that is brought as near to the middle as can be."""

    gravity_fallback: Gravity = "center"
    """The gravity to use where the selector in `gravity` finds nothing."""

    background: Fill | None = None
    """What fills the room: a colour, `"auto"`, `"blur"`, `"edge"` or `"mirror"`. Default: white,
    or transparent in a picture with transparency."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        sides = any(side is not None for side in (*self._sides(), self.all))
        sized = self.width is not None or self.height is not None
        if sides + sized + (self.aspect is not None) != 1:
            raise ValueError('expected either sides or "all", or a size, or "aspect"')
        if self.gravity in INTERESTS or self.gravity_fallback in INTERESTS:
            raise ValueError("attention and entropy say what to keep; padding keeps everything")
        return self

    def run(self, picture: Picture) -> Picture:
        """Fill the room around the picture."""
        size, larger = picture.size, self.result_size(picture.size)
        wanted = self._wanted(size)
        if wanted != larger:
            picture = picture.note(
                "pad_too_small",
                f"{_said(wanted)} is smaller than the picture of {_said(size)}; "
                f"the result has {_said(larger)}",
            )
        if self.width is None and self.height is None and self.aspect is None:
            left, top, _, _ = self._rooms(size)
        else:
            picture, (left, top) = window(picture, larger, self.gravity, self.gravity_fallback)
            left, top = -left, -top
        if larger == size:
            return picture
        fill = self.background or ("transparent" if picture.has_alpha else "white")
        return framed(picture, left, top, larger, fill)

    def result_size(self, size: Size) -> Size:
        """Return the size of the result."""
        return Size(*map(max, self._wanted(size), size))

    def _sides(self) -> tuple[int | str | None, ...]:
        return self.left, self.top, self.right, self.bottom

    def _rooms(self, size: Size) -> tuple[int, ...]:
        """Return the room on the left, above, on the right and below."""
        sides = (self.all or 0 if side is None else side for side in self._sides())
        return tuple(
            int(pixels(side, whole, size) + 0.5)
            for side, whole in zip(sides, (*size, *size), strict=True)
        )

    def _wanted(self, size: Size) -> Size:
        """Return the size that was asked for, which may be smaller than the picture."""
        width, height = size
        if self.aspect is not None:
            shape = ratio(self.aspect)
            return Size(
                max(width, int(height * shape + 0.5)), max(height, int(width / shape + 0.5))
            )
        if self.width is not None or self.height is not None:
            return Size(
                width if self.width is None else rounded(self.width, width, size),
                height if self.height is None else rounded(self.height, height, size),
            )
        left, top, right, bottom = self._rooms(size)
        return Size(left + width + right, top + height + bottom)


def _said(size: Size) -> str:
    return f"{size.width}x{size.height}"
