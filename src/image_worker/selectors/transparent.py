"""What is transparent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyvips

from image_worker.selectors.base import Named

if TYPE_CHECKING:
    from image_worker.picture import Picture


class Transparent(Named):
    """Pixels by how transparent they are; nothing in a picture without transparency."""

    name = "transparent"
    by_content = True

    def area(self, picture: Picture) -> pyvips.Image:
        """Return the transparency, turned around."""
        if not picture.has_alpha:
            return pyvips.Image.black(*picture.size)
        image = picture.image.copy_memory()
        return image[image.bands - 1].invert()
