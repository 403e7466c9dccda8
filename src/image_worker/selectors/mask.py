"""A picture that is a mask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from image_worker.picture import light_of
from image_worker.selectors.base import Selector
from image_worker.sources.base import AnySource

if TYPE_CHECKING:
    import pyvips

    from image_worker.picture import Picture


class Mask(Selector):
    """A part by the light of another picture, or by its transparency if it has any.

    The mask is stretched to the size of the picture.
    """

    name = "mask"
    by_content = True

    mask: AnySource
    """The picture."""

    def area(self, picture: Picture) -> pyvips.Image:
        """Return the mask at the size of the picture."""
        light = light_of(picture.inputs.picture(self.mask).image)
        width, height = picture.size
        return light.resize(width / light.width, vscale=height / light.height).cast("uchar")
