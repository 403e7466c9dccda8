"""A picture as detectors want it: red, green and blue, at a size that suffices."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from image_worker.vision.libraries import numpy

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyvips

    from image_worker.fields import Size

    Glance = Callable[[int], pyvips.Image]
    """Returns the picture, its longer side at least so many pixels if it has as many."""

_WHITE = 255
_GREY_AND_ALPHA = 2
_WITH_ALPHA = (2, 4)


@dataclass(frozen=True, slots=True)
class View:
    """One frame; transparent pixels are seen upon white."""

    glance: Glance
    size: Size
    """What the frame stands for, in whose pixels answers count."""
    _seen: dict[int, Any] = field(default_factory=dict)

    def rgb(self, longest: int) -> Any:
        """Return rows, columns and colours, the longer side at most `longest` pixels."""
        if longest not in self._seen:
            self._seen[longest] = _array(_shrunk(self.glance(longest), longest))
        return self._seen[longest]

    def scales(self, rgb: Any) -> tuple[float, float]:
        """Return how many pixels of the picture one of the array is, across and down."""
        return self.size.width / rgb.shape[1], self.size.height / rgb.shape[0]


def _shrunk(image: pyvips.Image, longest: int) -> pyvips.Image:
    side = max(image.width, image.height)
    if side <= longest:
        return image
    width, height = (max(1, round(s * longest / side)) for s in (image.width, image.height))
    flat = _flat(image)
    return flat.resize(width / image.width, vscale=height / image.height, kernel="linear")


def _flat(image: pyvips.Image) -> pyvips.Image:
    if image.bands in _WITH_ALPHA:
        image = image.flatten(background=[_WHITE] * (image.bands - 1))
    return image


def _array(image: pyvips.Image) -> Any:
    image = _flat(image)
    if image.bands < 3:  # noqa: PLR2004 - grey
        image = image.bandjoin(image).bandjoin(image)
    np = numpy()
    levels = np.frombuffer(image.cast("uchar").write_to_memory(), np.uint8)
    return levels.reshape(image.height, image.width, 3)
