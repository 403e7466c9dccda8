"""Masks as pictures, and in the forms that others read."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, Literal

import pyvips

from image_worker.vision.libraries import coco_masks, numpy, opencv

if TYPE_CHECKING:
    from image_worker.vision.detections import Mask

Form = Literal["rle", "png", "polygon"]

_HALF = 128


def mask_image(mask: Mask) -> pyvips.Image:
    """Return one band of `uchar`, as large as the picture."""
    grid = pyvips.Image.new_from_memory(mask.levels, *mask.grid, 1, "uchar")
    width, height = mask.box.size
    part = grid.resize(width / mask.grid.width, vscale=height / mask.grid.height, kernel="linear")
    part = part.copy(interpretation="b-w")
    if part.width < width or part.height < height:  # resampling rounds
        part = part.embed(0, 0, width, height, extend="copy")
    whole = part.crop(0, 0, width, height)
    return whole.embed(mask.box.left, mask.box.top, *mask.size)


def mask_json(mask: Mask, form: Form) -> Any:
    """Return a mask as JSON: COCO's run lengths, a PNG as a data URI, or outlines."""
    return {"rle": rle, "png": png, "polygon": polygon}[form](mask)


def rle(mask: Mask) -> dict[str, Any]:
    """Return COCO's compressed run lengths of all pixels that are at least half inside."""
    np = numpy()
    runs = coco_masks().encode(np.asfortranarray(_inside(mask)))
    return {"size": [mask.size.height, mask.size.width], "counts": runs["counts"].decode("ascii")}


def png(mask: Mask) -> str:
    """Return the mask as large as the picture, 8 bit grey with its soft edge, as a data URI."""
    data = mask_image(mask).pngsave_buffer(compression=6, keep=0)
    return f"data:image/png;base64,{base64.b64encode(data).decode('ascii')}"


def polygon(mask: Mask) -> list[list[list[int]]]:
    """Return the outlines of all parts that are at least half inside, as lists of `[x, y]`."""
    cv2 = opencv()
    outlines, _ = cv2.findContours(_inside(mask), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_TC89_L1)
    return [line.reshape(-1, 2).tolist() for line in outlines if len(line) > 2]  # noqa: PLR2004


def _inside(mask: Mask) -> Any:
    """Return 1 for pixels that are at least half inside."""
    np = numpy()
    image = mask_image(mask)
    levels = np.frombuffer(image.write_to_memory(), np.uint8).reshape(image.height, image.width)
    return (levels >= _HALF).astype(np.uint8)
