"""Tells a subject from the even ground that it stands on, as in pictures of goods."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyvips

from image_worker.vision.libraries import numpy, opencv
from image_worker.vision.view import View

if TYPE_CHECKING:
    from image_worker.fields import Size

_LONGEST = 1024
"""Longer side of the small picture in which the ground is looked for."""
_NEAR = 18.0
"""How far from the ground a pixel may be to be a part of it, in OpenCV's 8-bit Lab."""
_FIRST, _LAST = 5.0, 18.0
"""Distances at which a pixel on the edge is only ground, and only subject."""
_ROUNDS = 4
"""How often the colour of the ground is fitted to the border, without what does not fit."""
_CLOSE = 12.0
"""How near a pixel of the border must be at least to count in the last rounds."""
_EDGE = 2
"""Pixels of the small picture on either side of the edge that are looked at closely."""
_FULL = 255


@dataclass(frozen=True, slots=True)
class Ground:
    """What stands on an even ground."""

    mask: pyvips.Image
    """One band of `uchar`, as large as the picture, in memory: 0 ground, 255 subject."""
    border: float
    """Share of the picture's border that is ground, 0 to 1: how sure it is that there is any."""
    share: float
    """Share of the picture that is subject, 0 to 1."""


def ground(image: pyvips.Image, size: Size) -> Ground:
    """Return what stands on the ground that begins at the border, whose colour may change evenly.

    The colour of the ground is a plane in Lab that is fitted to the border; all that is near to
    it, and hangs together with the border, is ground. Parts that the subject encloses are not.
    """
    np, cv2 = numpy(), opencv()
    rgb = View(lambda _: image, size).rgb(_LONGEST)
    lab = cv2.cvtColor(np.ascontiguousarray(rgb), cv2.COLOR_RGB2LAB).astype(np.float32)
    distance, border = _distance(lab)
    near = (distance < _NEAR).astype(np.uint8)
    joined = _of_border(near)
    subject = _mask(distance, joined)
    rows, columns = subject.shape
    grid = pyvips.Image.new_from_memory(subject.tobytes(), columns, rows, 1, "uchar")
    whole = grid.resize(size.width / grid.width, vscale=size.height / grid.height, kernel="linear")
    return Ground(
        mask=whole.copy(interpretation="b-w").copy_memory(),
        border=round(border, 4),
        share=round(float(subject.mean()) / _FULL, 4),
    )


def _distance(lab: Any) -> tuple[Any, float]:
    """Return how far each pixel is from the ground, and how much of the border is near."""
    np = numpy()
    rows, columns = lab.shape[:2]
    down, across = np.mgrid[0:rows, 0:columns].astype(np.float32)
    terms = np.dstack([np.ones_like(down), across / columns, down / rows])
    edge = np.ones((rows, columns), bool)
    edge[1:-1, 1:-1] = False
    places, colours = terms[edge], lab[edge]
    middle = np.median(colours, axis=0)
    fits = np.abs(colours - middle).max(axis=1) < 2 * _NEAR
    plane = np.zeros((3, 3), np.float32)
    plane[0] = middle
    for left in range(_ROUNDS, 0, -1):
        if fits.sum() < len(plane):
            break
        plane = np.linalg.lstsq(places[fits], colours[fits], rcond=None)[0]
        fits = np.abs(colours - places @ plane).max(axis=1) < max(_CLOSE, _NEAR * left / _ROUNDS)
    return np.abs(lab - terms @ plane).max(axis=2), float(fits.mean())


def _of_border(near: Any) -> Any:
    """Return the part of what is near that hangs together with the border."""
    np, cv2 = numpy(), opencv()
    framed = np.pad(near, 1, constant_values=1)
    _, pieces = cv2.connectedComponents(framed, connectivity=4)
    return (pieces == pieces[0, 0])[1:-1, 1:-1].astype(np.uint8)


def _mask(distance: Any, joined: Any) -> Any:
    """Return the subject with a soft edge, where pixels are mixed from both."""
    np, cv2 = numpy(), opencv()
    around = np.ones((2 * _EDGE + 1, 2 * _EDGE + 1), np.uint8)
    inner, outer = cv2.erode(joined, around), cv2.dilate(joined, around)
    soft = ((distance - _FIRST) / (_LAST - _FIRST)).clip(0, 1) * _FULL
    mask = np.where(outer > 0, soft, _FULL)
    return np.where(inner > 0, 0, mask).astype(np.uint8)
