"""A model of the table, loaded: it looks at a picture and says what is there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from image_worker.errors import ModelError
from image_worker.vision.coco import COCO80, COCO91
from image_worker.vision.detections import Facts
from image_worker.vision.layouts import DETECTORS, guess
from image_worker.vision.layouts.detr_deploy import SIZES
from image_worker.vision.libraries import numpy
from image_worker.vision.prepare import Placing, prepared

if TYPE_CHECKING:
    from image_worker.vision.layouts.base import Candidates, Plan
    from image_worker.vision.session import Session
    from image_worker.vision.spec import Spec

_MOST_ROWS = 1_000_000
"""Boxes that a detector may give before they are sorted out."""
_USUAL_SIDE = 640
_LABELS = {"coco80": COCO80, "coco91": COCO91}
_OF_SPEC = (
    "width", "height", "fit", "bars", "levels", "mean", "std", "channels", "logits",
    "min_confidence", "overlap", "twice",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """A model with its plan."""

    name: str
    session: Session
    plan: Plan
    facts: Facts

    def outputs(self, rgb: Any) -> tuple[dict[str, Any], Placing]:
        """Run the model on a picture; raises a `ModelError`."""
        values, placing = prepared(rgb, self.plan)
        first, *rest = self.session.graph.inputs
        feed = {first.name: values}
        if any(port.name == SIZES for port in rest):
            np = numpy()
            feed[SIZES] = np.array([values.shape[:1:-1]], np.int64)
        return self.session.run(feed), placing

    def candidates(self, rgb: Any, floor: float) -> tuple[Candidates, Placing]:
        """Return the boxes of a detector, in pixels of what it took; raises a `ModelError`."""
        outputs, placing = self.outputs(rgb)
        if any(max(values.shape, default=0) > _MOST_ROWS for values in outputs.values()):
            raise self.session.nonsense(f"more than {_MOST_ROWS:,} boxes")
        try:
            found = DETECTORS[self.plan.layout].read(outputs, self.plan, floor)
        except (ValueError, IndexError, KeyError):
            shapes = ", ".join(f"{name} {values.shape}" for name, values in outputs.items())
            raise self.session.nonsense(
                f'outputs that do not fit the layout "{self.plan.layout}": {shapes}'
            ) from None
        return found, placing


def loaded(name: str, spec: Spec, session: Session, digest: str) -> LoadedModel:
    """Return the model, read as the table says and otherwise as its graph looks.

    Raises a `ModelError` where neither says how.
    """
    plan = guess(session.graph, spec.layout)
    if plan is None:
        ports = ", ".join(f"{port.name} {port.shape}" for port in session.graph.outputs)
        raise ModelError(
            f'the model "{name}" is of no kind that is known ({ports}); say its "layout"'
        )
    said = {key: getattr(spec, key) for key in _OF_SPEC if getattr(spec, key) is not None}
    if spec.labels is not None:
        said["labels"] = _numbered(spec.labels)
    height, width = session.graph.sides or (None, None)
    if width and height:
        said |= {"width": width, "height": height}
    plan = plan.but(**said)
    if plan.layout != "upscale":  # which may take any size
        plan = plan.but(width=plan.width or _USUAL_SIDE, height=plan.height or _USUAL_SIDE)
    return LoadedModel(name, session, plan, Facts(name, digest, spec.licence))


def _numbered(labels: str | tuple[str, ...]) -> dict[int, str]:
    names = _LABELS[labels] if isinstance(labels, str) else labels
    return {number: name for number, name in enumerate(names) if name}
