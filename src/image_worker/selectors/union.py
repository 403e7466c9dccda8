"""Several selectors at once."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from image_worker.selectors.base import Selector

if TYPE_CHECKING:
    import pyvips

    from image_worker.picture import Picture


class Union(Selector):
    """Everything that any of the parts selects."""

    parts: tuple[Selector, ...]

    def area(self, picture: Picture) -> pyvips.Image:
        """Return the brightest of the masks at each pixel."""
        masks = [part.coverage(picture) for part in self.parts]
        return reduce(lambda one, other: one.maxpair(other), masks)
