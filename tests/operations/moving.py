"""Ways to run one step that moves pixels, and to follow where they went."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyvips

import image_worker.catalog  # noqa: F401 - operations join their family there
from image_worker.fields import Size
from image_worker.operations.base import Operation
from image_worker.picture import Picture

MODES = {"grey": 1, "grey with alpha": 2, "colour": 3, "colour with alpha": 4}
"""Numbers of bands that a picture may have."""

SHAPES = [(1, 1), (2, 3), (37, 23), (10_000, 3), (3, 700)]
"""Sizes that programs stumble over."""


def made(kind: str, **parameters: Any) -> Operation:
    """Return the operation as a job would make it."""
    operation: Operation = Operation.family[kind].read(parameters)
    return operation


def picture(*frames: np.ndarray) -> Picture:
    """Return the frames as the pipeline has them."""
    return Picture(tuple(_image(frame) for frame in frames))


def moved(start: Picture, kind: str, **parameters: Any) -> Picture:
    """Return the picture after the step: of a proper kind, and as large as foretold."""
    operation = made(kind, **parameters)
    result = operation.run(start)
    foretold = operation.result_size(start.size)
    if operation.by_content:
        assert result.size.width <= foretold.width
        assert result.size.height <= foretold.height
    else:
        assert result.size == foretold
    for frame in result.frames:
        assert (frame.width, frame.height) == result.size
        assert frame.format == "uchar"
        assert frame.interpretation == ("b-w" if frame.bands <= 2 else "srgb")
        assert frame.bands == result.image.bands
    bound = operation.bound(start.size)
    assert bound.width >= result.size.width
    assert bound.height >= result.size.height
    return result


def levels(result: Picture, frame: int = 0) -> np.ndarray:
    """Return rows, columns and bands as integers that can be subtracted."""
    image = result.frames[frame]
    return image.numpy().reshape(image.height, image.width, image.bands).astype(np.int64)


def numbered(width: int, height: int, bands: int = 3, seed: int = 3) -> np.ndarray:
    """Return pixels that are all different, where there are bands enough, and opaque."""
    array = np.random.default_rng(seed).integers(0, 256, (height, width, bands), dtype=np.uint8)
    if bands in {2, 4}:
        array[..., -1] = 255
    return array


def ramp(width: int, height: int) -> np.ndarray:
    """Return columns and rows as levels: red is x, green is y."""
    down, across = np.mgrid[0:height, 0:width]
    return np.dstack([across, down, across * 0]).astype(np.uint8)


def sources(result: Picture) -> tuple[np.ndarray, np.ndarray]:
    """Return the x and y that the middle of each pixel came from, as the result says."""
    assert result.origin is not None
    a, b, c, d, e, f = result.origin
    down, across = np.mgrid[0 : result.size.height, 0 : result.size.width] + 0.5
    return a * across + c * down + e, b * across + d * down + f


def check_followed(before: np.ndarray, result: Picture) -> None:
    """Check that every pixel that came from the picture is the one that it claims to be."""
    x, y = (np.floor(place + 1e-9).astype(int) for place in sources(result))
    height, width = before.shape[:2]
    inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
    assert inside.any()
    after = levels(result)[..., : before.shape[2]]
    assert np.array_equal(after[inside], before[y[inside], x[inside]])


def codes(result: Picture) -> list[str]:
    """Return the codes of the notices."""
    return [notice.code for notice in result.notices]


def size_of(kind: str, size: tuple[int, int], **parameters: Any) -> tuple[int, int]:
    """Return the size that is foretold."""
    return made(kind, **parameters).result_size(Size(*size))


def _image(frame: np.ndarray) -> pyvips.Image:
    bands = 1 if frame.ndim == 2 else frame.shape[2]
    space = "b-w" if bands <= 2 else "srgb"
    return pyvips.Image.new_from_array(np.ascontiguousarray(frame), interpretation=space)
