"""Models that give the same picture, larger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from image_worker.vision.libraries import numpy
from image_worker.vision.prepare import numbers

if TYPE_CHECKING:
    from image_worker.vision.detections import Facts
    from image_worker.vision.model import LoadedModel

_PROBE = 32
"""Side of the picture that a model is tried with, in pixels."""
_WHITE = 255


@dataclass(frozen=True, slots=True)
class Upscaler:
    """A model that enlarges pictures, piece by piece."""

    model: LoadedModel
    factor: int
    """How many times as wide and high the result is."""
    context: int
    """Pixels around a piece that the model has to see, so that no seam shows."""

    @property
    def tile(self) -> tuple[int, int] | None:
        """Width and height of the pieces that it takes, or nothing where any will do."""
        plan = self.model.plan
        return (plan.width, plan.height) if plan.width and plan.height else None

    @property
    def facts(self) -> Facts:
        """What may be told of the model."""
        return self.model.facts

    def enlarge(self, rgb: Any) -> Any:
        """Return rows, columns and colours, 8 bit, larger; raises a `ModelError`.

        A piece that is smaller than the model takes is continued by its edges meanwhile.
        """
        rows, columns = rgb.shape[:2]
        wide, high = self.tile or (columns, rows)
        padded = numpy().pad(rgb, ((0, high - rows), (0, wide - columns), (0, 0)), mode="edge")
        made = _run(self.model, padded)
        if made.shape[:2] != (high * self.factor, wide * self.factor):
            raise self.model.session.nonsense(
                f"{made.shape[1]}x{made.shape[0]} pixels for {wide}x{high}"
            )
        return made[: rows * self.factor, : columns * self.factor]


def upscaler(model: LoadedModel, context: int) -> Upscaler:
    """Return the model ready to enlarge; it is tried once, which tells by how much."""
    np = numpy()
    plan = model.plan
    side = (plan.height or _PROBE, plan.width or _PROBE)
    made = _run(model, np.zeros((*side, 3), np.uint8))
    factor, rest = divmod(made.shape[0], side[0])
    if rest or factor < 1 or made.shape[1] != side[1] * factor:
        raise model.session.nonsense(
            f"{made.shape[1]}x{made.shape[0]} pixels for {side[1]}x{side[0]}"
        )
    return Upscaler(model, factor, context)


def _run(model: LoadedModel, rgb: Any) -> Any:
    np = numpy()
    (taken, *_) = model.session.graph.inputs
    (made, *_) = model.session.run({taken.name: numbers(rgb, model.plan)}).values()
    if made.ndim != 4 or made.shape[:2] != (1, 3):  # noqa: PLR2004 - batch, channels, rows, columns
        raise model.session.nonsense(f"{made.shape} where a picture was expected")
    mean, std = (np.array(each, np.float32) for each in (model.plan.mean, model.plan.std))
    levels = (made[0].transpose(1, 2, 0) * std + mean) * (_WHITE / model.plan.levels)
    if model.plan.channels == "bgr":
        levels = levels[..., ::-1]
    return (levels + 0.5).clip(0, _WHITE).astype(np.uint8)
