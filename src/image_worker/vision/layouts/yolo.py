"""YOLOv8, YOLO11 and their like: every cell's box, and a probability for each class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from image_worker.vision.layouts.base import Candidates, Plan, centred, check
from image_worker.vision.libraries import numpy
from image_worker.vision.session import literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from image_worker.vision.graph import Graph

_DIMENSIONS, _PLANES = 3, 4
_EDGES, _SCORED = 4, 6


class Yolo:
    """(1, 4 + classes, cells): middle, width and height in pixels, then probabilities.

    With masks there are as many weights after them as the second output has prototypes.
    """

    name = "yolo"

    def guess(self, graph: Graph) -> Plan | None:
        """Accept one output of three dimensions, perhaps with prototypes; not `yolo-end`."""
        plan = of_ultralytics(graph)
        return plan.but(layout=self.name) if plan and not ends(graph, plan) else None

    def read(self, outputs: Mapping[str, Any], plan: Plan, floor: float) -> Candidates:
        """Turn the columns into rows, and keep those whose best class is sure enough."""
        np = numpy()
        first, *rest = outputs.values()
        check(first.ndim == _DIMENSIONS, first.shape[0] == 1)
        weights = rest[0].shape[1] if rest else 0
        count = first.shape[1] - _EDGES - weights
        check(count > 0, not plan.labels or count == len(plan.labels))
        scores = first[0, _EDGES : _EDGES + count]
        best = scores.max(0)
        keep = np.flatnonzero(best >= floor)
        rows = first[0][:, keep].T
        return Candidates(
            boxes=centred(rows[:, :_EDGES], np),
            scores=best[keep],
            classes=scores[:, keep].argmax(0),
            masks=prototyped(rows[:, _EDGES + count :], rest[0]) if rest else None,
        )


class YoloEnd:
    """(1, boxes, 6): edges in pixels, score, class; YOLO26, YOLOv10, and exports with NMS."""

    name = "yolo-end"

    def guess(self, graph: Graph) -> Plan | None:
        """Accept what says so in its notes, or has six columns and not as many classes."""
        plan = of_ultralytics(graph)
        return plan.but(layout=self.name) if plan and ends(graph, plan) else None

    def read(self, outputs: Mapping[str, Any], plan: Plan, floor: float) -> Candidates:
        """Keep what is sure enough."""
        del plan
        first, *rest = outputs.values()
        check(first.ndim == _DIMENSIONS, first.shape[0] == 1, first.shape[2] >= _SCORED)
        rows = first[0]
        rows = rows[rows[:, 4] >= floor]
        return Candidates(
            boxes=rows[:, :_EDGES],
            scores=rows[:, 4],
            classes=rows[:, 5].round().astype(int),
            crowded=False,
            masks=prototyped(rows[:, _SCORED:], rest[0]) if rest else None,
        )


def of_ultralytics(graph: Graph) -> Plan | None:
    """Return how a model is fed that has one output of three dimensions, perhaps with masks."""
    shapes = [port.shape for port in graph.outputs]
    masks = len(shapes) == 2 and len(shapes[1]) == _PLANES  # noqa: PLR2004 - boxes, prototypes
    if not (graph.takes_picture and shapes and len(shapes[0]) == _DIMENSIONS):
        return None
    if len(shapes) > 1 and not masks:
        return None
    names = literal(graph.notes.get("names"))
    height, width = graph.sides or literal(graph.notes.get("imgsz")) or (640, 640)
    return Plan(
        task="objects",
        height=height,
        width=width,
        fit="letterbox",
        labels={int(k): str(v) for k, v in names.items()} if isinstance(names, dict) else {},
    )


def ends(graph: Graph, plan: Plan) -> bool:
    """Tell whether the rows are boxes at the end, rather than cells of which many are one box.

    Ultralytics notes it. Where nobody does, the number of classes decides, and only without it the
    shape: six columns beside those of the masks.
    """
    if "end2end" in graph.notes:
        return graph.notes["end2end"] == "True"
    first = graph.outputs[0].shape
    weights = graph.outputs[1].shape[1] or 0 if len(graph.outputs) > 1 else 0
    if plan.labels and first[1] == _EDGES + len(plan.labels) + weights:
        return False
    return first[2] == _SCORED + weights


def prototyped(weights: Any, prototypes: Any) -> Any:
    """Return what mixes the masks of some boxes from the prototypes."""
    check(prototypes.ndim == _PLANES, weights.shape[1] == prototypes.shape[1])
    count, height, width = prototypes.shape[1:]

    def masks(rows: Any) -> Any:
        mixed = weights[rows] @ prototypes[0].reshape(count, height * width)
        return mixed.reshape(-1, height, width)

    return masks
