"""Ways to run one filter on a picture of Pillow's, and to look at the result."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyvips
from PIL import Image

from image_worker import process
from image_worker.operations.filter import Filter
from image_worker.picture import Picture
from tests.pictures import encoded, levels, noise, photograph

CAT = photograph("chelsea.png", (240, 180))
GREY = photograph("coffee.png", (240, 180)).convert("L")


def filtered(image: Image.Image, name: str, **parameters: Any) -> np.ndarray:
    """Return the levels after a filter, by the whole way of a job."""
    steps = [{"type": "filter", "params": {"name": name, **parameters}}]
    return levels(process(encoded(image), steps, {"format": "PNG"}, plan="exact").data)


def frames(*images: Image.Image) -> Picture:
    """Return an animation."""
    return Picture(tuple(frame(image) for image in images))


def frame(image: Image.Image) -> pyvips.Image:
    """Return the picture as the pipeline has it."""
    space = "b-w" if image.mode in {"L", "LA"} else "srgb"
    return pyvips.Image.new_from_array(np.asarray(image), interpretation=space)


def applied(picture: Picture, name: str, **parameters: Any) -> list[np.ndarray]:
    """Return the levels of each frame after a filter."""
    result = Filter.read({"name": name, **parameters}).run(picture)
    return [changed.numpy().astype(np.int64) for changed in result.frames]


def cutout(hidden: int = 0, size: tuple[int, int] = (48, 40)) -> Image.Image:
    """Return a picture of which only the middle can be seen; `hidden` is the level elsewhere."""
    picture = levels(photograph("chelsea.png", size)).astype(np.uint8)
    alpha = np.zeros((size[1], size[0]), np.uint8)
    alpha[10:30, 12:36] = 255
    picture[alpha == 0] = hidden
    return Image.fromarray(np.dstack([picture, alpha]))


def luma_of(image: Image.Image) -> np.ndarray:
    """Return the Rec. 601 luma, rounded."""
    return np.rint(levels(image.convert("RGB")) @ [0.299, 0.587, 0.114]).astype(np.int64)


PICTURES = {"cat": CAT, "noise": noise((240, 180)), "grey": GREY}
