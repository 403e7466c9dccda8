"""What a picture is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import pyvips

from image_worker.picture import in_memory
from image_worker.selectors.base import Named
from image_worker.vision import Wanted

if TYPE_CHECKING:
    from image_worker.fields import Box
    from image_worker.picture import Picture

_OPAQUE = 255
_HALF = 128
_PEOPLE = ("person",)
_LEAST_SHARE = 0.25
"""Part of a person's box that the mask of people must fill to be believed."""


class Subject(Named):
    """What is opaque where parts are transparent, else the largest and surest thing, else a face.

    Its edge is that of the built-in mask for people, and by colours (GrabCut) for other things.
    """

    name = "subject"
    extra: ClassVar[str] = "vision"
    by_content = True

    def area(self, picture: Picture) -> pyvips.Image:
        """Return the soft mask of the subject, empty where there is none."""
        from image_worker.vision.grabcut import cut_out  # noqa: PLC0415 - only who looks needs it

        picture = picture.each(in_memory)
        opacity = _opacity(picture)
        if opacity is not None:
            return opacity
        label, box = _main(picture)
        if box is None:
            return pyvips.Image.black(*picture.size)
        if label in _PEOPLE:
            people = _within(picture.matte().mask, box)
            if people.avg() > _LEAST_SHARE * _OPAQUE * _share(box, picture):
                return people
        return cut_out(picture.image, picture.size, box)

    def box(self, picture: Picture) -> Box | None:
        """Return the box of what was found, without its edge where nobody asks for one."""
        if self.expand or self.feather or self.invert or _opacity(picture) is not None:
            return super().box(picture)
        return _main(picture)[1]


def _opacity(picture: Picture) -> pyvips.Image | None:
    """Return how opaque each pixel is, if some are transparent and some are not."""
    if not picture.has_alpha:
        return None
    alpha: Any = picture.image[picture.image.bands - 1]
    return alpha if alpha.min() < _HALF <= alpha.max() else None


def _main(picture: Picture) -> tuple[str, Box | None]:
    """Return what the subject is called, and its box; nothing where there is none."""
    things = (
        picture.detect(Wanted("objects")).detections or picture.detect(Wanted("faces")).detections
    )
    best = max(things, key=lambda one: one.confidence * _share(one.box, picture), default=None)
    return (best.label, best.box) if best else ("", None)


def _share(box: Box, picture: Picture) -> float:
    return box.size.megapixels / picture.size.megapixels


def _within(mask: pyvips.Image, box: Box) -> pyvips.Image:
    """Return the mask with nothing outside of the box."""
    return mask.crop(box.left, box.top, *box.size).embed(box.left, box.top, mask.width, mask.height)
