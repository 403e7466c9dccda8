"""What every operation has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from image_worker.component import Component, Family

if TYPE_CHECKING:
    import pyvips

    from image_worker.fields import Size
    from image_worker.picture import Picture


class Operation(Component, members=Family("operation")):
    """One step of a job.

    A subclass states its parameters as fields and overrides `apply`. One that changes the size
    also overrides `size`; one that must see the whole picture, or has something to tell the
    caller, overrides `run`. The last two methods let the decoder leave out pixels that would be
    thrown away anyway, which is several times faster than decoding all of them.
    """

    def apply(self, image: pyvips.Image) -> pyvips.Image:
        """Return the changed frame: `uchar`, grey or sRGB, with or without transparency."""
        raise NotImplementedError

    def run(self, picture: Picture) -> Picture:
        """Return the changed picture."""
        return picture.each(self.apply)

    def size(self, size: Size) -> Size:
        """Return the size of the result for a picture of the given size."""
        return size

    def reduction(self, size: Size) -> float:
        """Return how many times smaller the result is, if this resamples it; else 1."""
        del size
        return 1.0

    def passes_shrunk(self, size: Size, shrink: int) -> bool:
        """Tell whether this can be done to the picture shrunk by `shrink` without any loss."""
        del size, shrink
        return False
