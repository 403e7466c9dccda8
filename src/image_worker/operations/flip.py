"""Flip."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from image_worker.affine import Affine
from image_worker.operations.base import Geometry
from image_worker.picture import in_memory

if TYPE_CHECKING:
    import pyvips

    from image_worker.fields import Size
    from image_worker.picture import Picture


class Flip(Geometry):
    """Mirror the picture."""

    name = "flip"
    seconds_per_megapixel = 0.02
    examples = ({"direction": "horizontal"},)

    direction: Literal["horizontal", "vertical", "both"]
    """`horizontal` swaps left and right, `vertical` above and below, `both` is half a turn."""

    def run(self, picture: Picture) -> Picture:
        """Mirror every frame."""
        width, height = picture.size
        mirrored = Affine(
            a=1 if self.direction == "vertical" else -1,
            d=1 if self.direction == "horizontal" else -1,
            e=0 if self.direction == "vertical" else width,
            f=0 if self.direction == "horizontal" else height,
        )
        return picture.each(self.apply).came_from(mirrored)

    def apply(self, image: pyvips.Image) -> pyvips.Image:
        """Return the frame mirrored."""
        if self.direction == "horizontal":
            return image.fliphor()
        image = in_memory(image)
        return image.flipver() if self.direction == "vertical" else image.rot180()

    def passes_shrunk(self, size: Size, shrink: int) -> bool:
        """Tell whether the shrunk picture has no pixel that stands for less than the others."""
        return all(side % shrink == 0 for side in size)
