"""YOLOX: places within the cells of three grids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from image_worker.vision.layouts.base import Candidates, Plan, centred, check
from image_worker.vision.libraries import numpy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from image_worker.vision.graph import Graph

_STRIDES = (8, 16, 32)
_EDGES = 5
"""Middle, width, height, and how sure it is that there is a thing."""


class Yolox:
    """(1, cells, 5 + classes), for levels of 0 to 255 in the order blue, green, red.

    Middles count in cells from the cell's corner, sizes are logarithms of cells.
    """

    name = "yolox"

    def guess(self, graph: Graph) -> Plan | None:
        """Accept one output with a row for each cell of the three grids."""
        if not (graph.sides and len(graph.outputs) == 1 and len(graph.outputs[0].shape) == 3):  # noqa: PLR2004
            return None
        height, width = graph.sides
        cells = sum((height // stride) * (width // stride) for stride in _STRIDES)
        if graph.outputs[0].shape[1] != cells:
            return None
        plan = Plan(self.name, "objects", width, height, fit="corner", levels=255)
        return plan.but(channels="bgr")

    def read(self, outputs: Mapping[str, Any], plan: Plan, floor: float) -> Candidates:
        """Put the cells in their places."""
        np = numpy()
        (rows,) = outputs.values()
        places, sizes = _cells(plan.width or 0, plan.height or 0, np)
        check(rows.ndim == 3, rows.shape[1] == len(places), rows.shape[2] > _EDGES)  # noqa: PLR2004
        rows = rows[0]
        scores = rows[:, 4:5] * rows[:, _EDGES:]
        check(not plan.labels or scores.shape[1] == len(plan.labels))
        keep = np.flatnonzero(scores.max(1) >= floor)
        middles = (rows[keep, :2] + places[keep]) * sizes[keep]
        spans = np.exp(np.clip(rows[keep, 2:4], -20, 20)) * sizes[keep]
        return Candidates(
            boxes=centred(np.concatenate([middles, spans], 1), np),
            scores=scores[keep].max(1),
            classes=scores[keep].argmax(1),
        )


def _cells(width: int, height: int, np: Any) -> tuple[Any, Any]:
    """Return the place of each cell in its grid, and the pixels of its side."""
    places, sizes = [], []
    for stride in _STRIDES:
        down, across = np.mgrid[: height // stride, : width // stride]
        places.append(np.stack([across.ravel(), down.ravel()], 1))
        sizes.append(np.full((across.size, 1), stride))
    return np.concatenate(places), np.concatenate(sizes)
