"""The whole picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyvips

from image_worker.selectors.base import Named

if TYPE_CHECKING:
    from image_worker.picture import Picture


class Everything(Named):
    """The whole picture."""

    name = "all"

    def area(self, picture: Picture) -> pyvips.Image:
        """Return a mask that is full everywhere."""
        return (pyvips.Image.black(*picture.size) + 255).cast("uchar")
