"""RF-DETR, and what transformers exports: a box and a logit for each class, for each query."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from image_worker.vision.layouts.base import IMAGENET, Candidates, Plan, centred, check, sigmoid
from image_worker.vision.libraries import numpy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from image_worker.vision.graph import Graph

_BOXES, _CLASSES = {"dets", "pred_boxes"}, {"labels", "logits"}
_MOST = 300
"""Pairs of query and class that are kept, as the authors do."""


class Detr:
    """Boxes (1, queries, 4) by middle and size in 0 to 1, and logits (1, queries, classes).

    They are told apart by their names: with three classes and one for nothing both have four
    columns.
    """

    name = "detr"

    def guess(self, graph: Graph) -> Plan | None:
        """Accept the names that RF-DETR or transformers give."""
        if not graph.takes_picture:
            return None
        height, width = graph.sides or (None, None)
        plan = Plan(self.name, "objects", width, height)
        if {"dets", "labels"} <= set(graph.names):
            return plan.but(mean=IMAGENET[0], std=IMAGENET[1])
        return plan if {"logits", "pred_boxes"} <= set(graph.names) else None

    def read(self, outputs: Mapping[str, Any], plan: Plan, floor: float) -> Candidates:
        """Take the best pairs of query and class; only classes that have a label count."""
        np = numpy()
        boxes, logits = _named(outputs, _BOXES)[0], _named(outputs, _CLASSES)[0]
        check(boxes.ndim == logits.ndim == 2, boxes.shape[1] == 4, len(boxes) == len(logits))  # noqa: PLR2004
        scores = sigmoid(logits, np)
        known = np.isin(np.arange(scores.shape[1]), [*plan.labels])
        if plan.labels:
            check(known.any())
            scores = np.where(known, scores, 0)
        flat = scores.ravel()
        best = np.argsort(-flat, kind="stable")[:_MOST]
        best = best[flat[best] >= floor]
        queries = best // scores.shape[1]
        size = np.array([plan.width, plan.height] * 2, np.float32)
        grids = next((each for each in outputs.values() if each.ndim == 4), None)  # noqa: PLR2004
        return Candidates(
            boxes=centred(boxes[queries], np) * size,
            scores=flat[best],
            classes=best % scores.shape[1],
            crowded=False,
            masks=None if grids is None else lambda rows: grids[0][queries[rows]],
        )


def _named(outputs: Mapping[str, Any], names: set[str]) -> Any:
    (name,) = names & outputs.keys()
    return outputs[name]
