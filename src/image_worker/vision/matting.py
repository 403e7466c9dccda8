"""The foreground of a picture, by models that give a mask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyvips

from image_worker.vision.detections import Matte
from image_worker.vision.layouts.base import sigmoid
from image_worker.vision.libraries import numpy, opencv

if TYPE_CHECKING:
    from image_worker.fields import Size
    from image_worker.vision.model import LoadedModel
    from image_worker.vision.models import Models
    from image_worker.vision.view import View

_SHARPER = 2
_LONGEST = 1280
_BEYOND = 0.01
"""How far outside of 0 to 1 a share may be by rounding; what is further is no share."""
_SURE = (0.1, 0.9)
_HALF = 0.5
_AROUND = 0.2
"""Room around the foreground for the second look, as a share of its sides."""
_MUCH = 0.8
"""Share of the picture from which on a second look would see the same."""
_SPECK = 0.05
"""Share of the largest piece below which a piece is left out of the second look."""
_LEAST = 0.002
"""Share of the picture below which a foreground is a speck, at which nobody looks twice."""


def matte(name: str | None, view: View, models: Models) -> Matte:
    """Return the foreground: people by the built-in models, whatever a named one was trained on.

    It is looked at twice: once at all of the picture, and once at the part with the foreground,
    which the model then sees larger.
    """
    proportions = view.size.width / view.size.height
    model = models.load(models.name(name, "people", "matte", proportions=proportions))
    taken = max(model.plan.width or 0, model.plan.height or 0)
    rgb = view.rgb(max(_LONGEST, taken * _SHARPER))
    levels = _twice(model, rgb)
    np = numpy()
    low, high = _SURE
    grid = (levels * 255 + 0.5).astype(np.uint8)
    return Matte(
        mask=_spread(grid, view.size),
        confidence=round(float(((levels < low) | (levels > high)).mean()), 4),
        share=round(float(levels.mean()), 4),
        model=model.facts,
    )


def _twice(model: LoadedModel, rgb: Any) -> Any:
    levels = _levels(model, rgb)
    box = _around(levels)
    if box is None:
        return levels
    left, top, right, bottom = box
    closer = numpy().zeros_like(levels)
    closer[top:bottom, left:right] = _levels(model, rgb[top:bottom, left:right])
    return closer


def _levels(model: LoadedModel, rgb: Any) -> Any:
    """Return 0 to 1 for each pixel of the array."""
    np, cv2 = numpy(), opencv()
    outputs, placing = model.outputs(rgb)
    first = next(iter(outputs.values()))
    if first.ndim != 4 or first.shape[:2] != (1, 1):  # noqa: PLR2004 - batch, channel, rows, columns
        raise model.session.nonsense(f"{first.shape} where a mask was expected")
    numbers = first[0, 0].astype(np.float32)
    if not np.isfinite(numbers).all():
        raise model.session.nonsense("a mask with infinite numbers")
    if model.plan.logits or numbers.min() < -_BEYOND or numbers.max() > 1 + _BEYOND:
        numbers = sigmoid(numbers, np)
    rows, columns = rgb.shape[:2]
    across = numbers.shape[1] / (model.plan.width or 1)
    down = numbers.shape[0] / (model.plan.height or 1)
    x, y = placing.across * across, placing.down * down
    matrix = np.array(
        [
            [x, 0, placing.left * across + 0.5 * x - 0.5],
            [0, y, placing.top * down + 0.5 * y - 0.5],
        ],
        np.float32,
    )
    spread = cv2.warpAffine(
        numbers, matrix, (columns, rows),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip
    return spread.clip(0, 1)


def _around(levels: Any) -> tuple[int, int, int, int] | None:
    """Return the part with the pieces of foreground, if it is much smaller than all."""
    np, cv2 = numpy(), opencv()
    inside = (levels > _HALF).astype(np.uint8)
    if inside.mean() < _LEAST:
        return None
    _, _, pieces, _ = cv2.connectedComponentsWithStats(inside)
    pieces = pieces[1:]  # the first is the background
    pieces = pieces[pieces[:, 4] >= _SPECK * pieces[:, 4].max()].astype(int)
    left, top = (int(edge) for edge in pieces[:, :2].min(0))
    width, height = (int(edge) for edge in (pieces[:, :2] + pieces[:, 2:4]).max(0) - (left, top))
    across, down = round(width * _AROUND), round(height * _AROUND)
    rows, columns = levels.shape
    box = (
        max(0, left - across),
        max(0, top - down),
        min(columns, left + width + across),
        min(rows, top + height + down),
    )
    area = (box[2] - box[0]) * (box[3] - box[1])
    return None if area > _MUCH * rows * columns else box


def _spread(grid: Any, size: Size) -> pyvips.Image:
    """Return the levels as a mask of the whole picture."""
    rows, columns = grid.shape
    image = pyvips.Image.new_from_memory(grid.tobytes(), columns, rows, 1, "uchar")
    if (columns, rows) != tuple(size):
        image = image.resize(size.width / columns, vscale=size.height / rows, kernel="linear")
    return image.copy(interpretation="b-w").copy_memory()
