"""What every selector has."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from image_worker.component import Component, Family
from image_worker.fields import Box, Distance, Place, pixels
from image_worker.morphology import grown, softened

if TYPE_CHECKING:
    import pyvips

    from image_worker.picture import Picture

_HALF = 128


class Selector(Component, members=Family("selector")):
    """A part of a picture: a soft mask, and the box around it.

    A subclass overrides `area`, which returns the mask before it is grown, softened or turned
    around; 0 is outside, 255 inside.
    """

    expand: Place = 0
    """How far the part grows on all sides; negative to shrink it."""

    feather: Distance = 0
    """Width over which the edge fades."""

    invert: bool = False
    """Whether everything else is meant."""

    by_content: ClassVar[bool] = False
    """Whether only the pixels can tell where it is."""

    def area(self, picture: Picture) -> pyvips.Image:
        """Return the bare mask, one band of `uchar`, as large as the picture."""
        raise NotImplementedError

    def coverage(self, picture: Picture) -> pyvips.Image:
        """Return the mask: grown, softened, turned around."""
        size = picture.size
        mask, distance = self.area(picture), pixels(self.expand, min(size), size)
        if distance:
            mask = grown(mask, distance)
        feather = pixels(self.feather, min(size), size)
        if feather:
            mask = softened(mask, max(0.3, feather / 2))
        return mask.invert() if self.invert else mask

    def box(self, picture: Picture) -> Box | None:
        """Return the box around all that is at least half selected, or nothing."""
        return bounding_box(self.coverage(picture))


class Named(Selector, members=Family("selector")):
    """A selector that is said by its name alone, such as `"all"`.

    A name that ends in a colon is followed by a word, as in `"object:dog"`.
    """

    @classmethod
    def said(cls, text: str) -> Self:
        """Return the selector that the text says."""
        del text
        return cls()

    @property
    def text(self) -> str:
        """How it is said."""
        return self.name


def bounding_box(mask: pyvips.Image) -> Box | None:
    """Return the box around all pixels of at least 128, or nothing."""
    chosen = (mask >= _HALF).copy_memory()
    columns, rows = chosen.project()
    across, down = (_ends(line.write_to_memory()) for line in (columns, rows))
    if not across or not down:
        return None
    return Box(across[0], down[0], across[1], down[1])


def _ends(counts: bytes) -> tuple[int, int] | None:
    """Return the first and one past the last 32-bit count that is not zero."""
    filled = [index for index, count in enumerate(memoryview(counts).cast("I")) if count]
    return (filled[0], filled[-1] + 1) if filled else None
