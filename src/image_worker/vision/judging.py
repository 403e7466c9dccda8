"""What a picture shows as a whole, by models that give one number for each class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from image_worker.fields import Box
from image_worker.vision.detections import Detection
from image_worker.vision.libraries import numpy

if TYPE_CHECKING:
    from image_worker.vision.model import LoadedModel
    from image_worker.vision.view import View


def classify(model: LoadedModel, view: View) -> tuple[Detection, ...]:
    """Return every class, the surest first; numbers that are no shares of one become some."""
    np = numpy()
    outputs, _ = model.outputs(view.rgb(2 * max(model.plan.width or 0, model.plan.height or 0)))
    numbers = next(iter(outputs.values())).ravel()
    if not model.plan.labels or len(numbers) != len(model.plan.labels):
        raise model.session.nonsense(f"{len(numbers)} numbers for {len(model.plan.labels)} labels")
    shares = numbers if _are_shares(numbers) else _softmax(numbers, np)
    order = np.argsort(-shares, kind="stable")
    whole = Box(0, 0, *view.size)
    return tuple(
        Detection(model.plan.labels[int(row)], round(float(shares[row]), 4), whole) for row in order
    )


def _are_shares(numbers: Any) -> bool:
    return bool(numbers.min() >= 0 and abs(float(numbers.sum()) - 1) < 0.01)  # noqa: PLR2004 - rounding


def _softmax(numbers: Any, np: Any) -> Any:
    powers = np.exp(numbers - numbers.max())
    return powers / powers.sum()
