"""From a picture to the numbers that a model takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from image_worker.vision.libraries import numpy, opencv

if TYPE_CHECKING:
    from image_worker.vision.layouts.base import Plan


@dataclass(frozen=True, slots=True)
class Placing:
    """Where a picture stands in what the model takes: model = picture * scale + offset."""

    across: float
    down: float
    left: int = 0
    top: int = 0

    def back(self, points: Any) -> Any:
        """Return places in the picture for places in the model's; x and y in turns."""
        np = numpy()
        turns = points.shape[-1] // 2
        offsets = np.array([self.left, self.top] * turns, np.float32)
        scales = np.array([self.across, self.down] * turns, np.float32)
        return (points - offsets) / scales


def prepared(rgb: Any, plan: Plan) -> tuple[Any, Placing]:
    """Return the picture (rows, columns, red green blue; 8 bit) as (1, 3, height, width)."""
    laid, placing = _laid(rgb, plan)
    return numbers(laid, plan), placing


def numbers(rgb: Any, plan: Plan) -> Any:
    """Return the picture as numbers around those that the model was trained on, unscaled."""
    np = numpy()
    if plan.channels == "bgr":
        rgb = rgb[..., ::-1]
    mean, std = (np.array(each, np.float32) for each in (plan.mean, plan.std))
    factor = plan.levels / (255 * std)
    values = rgb.astype(np.float32) * factor
    if mean.any():
        values -= mean / std
    return np.ascontiguousarray(values.transpose(2, 0, 1))[None]


def _laid(rgb: Any, plan: Plan) -> tuple[Any, Placing]:
    """Return the picture at the size that the model takes."""
    rows, columns = rgb.shape[:2]
    height, width = plan.height or rows, plan.width or columns
    if plan.fit == "stretch":
        return _resized(rgb, width, height), Placing(width / columns, height / rows)
    scale = min(height / rows, width / columns)
    high, wide = max(1, round(rows * scale)), max(1, round(columns * scale))
    middle = plan.fit == "letterbox"
    left, top = ((width - wide) // 2, (height - high) // 2) if middle else (0, 0)
    laid = numpy().full((height, width, 3), plan.bars, numpy().uint8)
    laid[top : top + high, left : left + wide] = _resized(rgb, wide, high)
    return laid, Placing(wide / columns, high / rows, left, top)


def _resized(rgb: Any, width: int, height: int) -> Any:
    cv2 = opencv()
    shrinks = width * height < rgb.shape[0] * rgb.shape[1]
    way = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return cv2.resize(rgb, (width, height), interpolation=way)
