"""The detector that is built in: SSD with the anchors of TensorFlow's models."""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, Any

from image_worker.vision.layouts.base import Candidates, Plan, centred, check, sigmoid
from image_worker.vision.libraries import numpy
from image_worker.vision.session import literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from image_worker.vision.graph import Graph

# The anchors and the scales of `ssd_mobilenet_v2_coco.config` in tensorflow/models.
_STRIDES = (16, 32, 64, 128, 256, 512)
_SMALLEST, _LARGEST = 0.2, 0.95
_SHAPES = (1.0, 2.0, 0.5, 3.0, 0.3333)
_PLACE, _SPAN = 10, 5
_BOXES, _CLASSES = "raw_outputs/box_encodings", "raw_outputs/class_predictions"


class Ssd:
    """Box encodings (1, anchors, 4) in the order down, across, height, width, and logits.

    The first class is the background.
    """

    name = "ssd"

    def guess(self, graph: Graph) -> Plan | None:
        """Accept the names that TensorFlow's exporter gives."""
        if set(graph.names) != {_BOXES, _CLASSES} or not graph.sides:
            return None
        names = literal(graph.notes.get("names")) or {}
        height, width = graph.sides
        return Plan(self.name, "objects", width, height, labels=names)

    def read(self, outputs: Mapping[str, Any], plan: Plan, floor: float) -> Candidates:
        """Move and stretch the anchors."""
        np = numpy()
        codes, logits = outputs[_BOXES][0], outputs[_CLASSES][0]
        anchors = np.array(_anchors(plan.width or 0), np.float32)
        check(len(codes) == len(logits) == len(anchors))
        scores = sigmoid(logits[:, 1:], np)
        best = scores.max(1)
        keep = np.flatnonzero(best >= floor)
        codes, anchors = codes[keep], anchors[keep]
        middles = codes[:, 1::-1] / _PLACE * anchors[:, 2:] + anchors[:, :2]
        spans = np.exp(np.clip(codes[:, :1:-1] / _SPAN, -20, 20)) * anchors[:, 2:]
        size = np.array([plan.width, plan.height] * 2, np.float32)
        return Candidates(
            boxes=centred(np.concatenate([middles, spans], 1), np) * size,
            scores=best[keep],
            classes=scores[keep].argmax(1) + 1,
        )


@cache
def _anchors(side: int) -> tuple[tuple[float, float, float, float], ...]:
    """Return middle, width and height in 0 to 1: three a cell in the finest grid, six in others."""
    rows = []
    for layer, stride in enumerate(_STRIDES):
        count = math.ceil(side / stride)
        rows += [
            ((x + 0.5) / count, (y + 0.5) / count, size * math.sqrt(shape), size / math.sqrt(shape))
            for y in range(count)
            for x in range(count)
            for shape, size in _kinds(layer)
        ]
    return tuple(rows)


def _kinds(layer: int) -> list[tuple[float, float]]:
    """Return the proportions and sizes of the anchors in one grid."""
    size, last = _size(layer), layer == len(_STRIDES) - 1
    if layer == 0:
        return [(1.0, 0.1), (2.0, size), (0.5, size)]
    after = 1.0 if last else _size(layer + 1)
    return [*((shape, size) for shape in _SHAPES), (1.0, math.sqrt(size * after))]


def _size(layer: int) -> float:
    return _SMALLEST + (_LARGEST - _SMALLEST) * layer / (len(_STRIDES) - 1)
