"""Cuts out what is in a box, by its colours: GrabCut."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyvips

from image_worker.vision.libraries import numpy, opencv
from image_worker.vision.view import View

if TYPE_CHECKING:
    from image_worker.fields import Box, Size

_LONGEST = 640
_ROUNDS = 5
_SECONDS = 10.0
"""CPU seconds for a megapixel of the small picture, by estimate; it depends on what is in it."""
_SOFT = 0.7
"""Sigma of the edge, in pixels of the small picture."""


def seconds(size: Size) -> float:
    """Return the CPU seconds that a cut-out of a picture of that size takes, by estimate."""
    return _SECONDS * min(size.megapixels, _LONGEST**2 / 1e6)


def cut_out(image: pyvips.Image, size: Size, box: Box) -> pyvips.Image:
    """Return the mask of what stands out in the box, as large as the picture; 0 outside of it.

    The image must be able to be read more than once. A box that is all of the picture leaves
    nothing to compare with, and is returned whole.
    """
    np, cv2 = numpy(), opencv()
    rgb = View(lambda _: image, size).rgb(_LONGEST)
    rows, columns = rgb.shape[:2]
    left, right = (round(edge * columns / size.width) for edge in (box.left, box.right))
    top, bottom = (round(edge * rows / size.height) for edge in (box.top, box.bottom))
    inside = np.zeros((rows, columns), np.uint8)
    inside[top : max(top + 1, bottom), left : max(left + 1, right)] = 255
    if inside.all() or min(rows, columns) < 3:  # noqa: PLR2004 - GrabCut compares neighbours
        levels = inside
    else:
        marks = np.where(inside > 0, cv2.GC_PR_FGD, cv2.GC_BGD).astype(np.uint8)
        models = (np.zeros((1, 65)), np.zeros((1, 65)))
        cv2.setRNGSeed(0)
        try:
            cv2.grabCut(
                np.ascontiguousarray(rgb[..., ::-1]), marks, None, *models, _ROUNDS,
                cv2.GC_INIT_WITH_MASK,
            )  # fmt: skip
            found = (marks == cv2.GC_PR_FGD) | (marks == cv2.GC_FGD)
        except cv2.error:  # too few colours to tell apart
            found = inside > 0
        levels = cv2.GaussianBlur(found.astype(np.uint8) * 255, (0, 0), _SOFT)
        levels = np.minimum(levels, inside) if found.any() else inside
    small = pyvips.Image.new_from_memory(levels.tobytes(), columns, rows, 1, "uchar")
    whole = small.resize(size.width / columns, vscale=size.height / rows, kernel="linear")
    return whole.copy(interpretation="b-w").copy_memory()
