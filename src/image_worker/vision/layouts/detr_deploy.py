"""RT-DETR and D-FINE as their authors export them: finished boxes, in pixels of a size we name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from image_worker.vision.layouts.base import Candidates, Plan, check

if TYPE_CHECKING:
    from collections.abc import Mapping

    from image_worker.vision.graph import Graph

SIZES = "orig_target_sizes"
"""The input that names the size, width before height."""


class DetrDeploy:
    """Outputs `labels`, `boxes` (edges) and `scores`, each with a row for each query."""

    name = "detr-deploy"

    def guess(self, graph: Graph) -> Plan | None:
        """Accept what asks for the size of the picture."""
        asks = any(port.name == SIZES for port in graph.inputs)
        if not (asks and graph.takes_picture and {"labels", "boxes", "scores"} <= set(graph.names)):
            return None
        height, width = graph.sides or (640, 640)
        return Plan(self.name, "objects", width, height)

    def read(self, outputs: Mapping[str, Any], plan: Plan, floor: float) -> Candidates:
        """Keep what is sure enough."""
        del plan
        boxes, scores, classes = (outputs[name][0] for name in ("boxes", "scores", "labels"))
        check(boxes.shape == (len(scores), 4), classes.shape == scores.shape == (len(scores),))
        keep = scores >= floor
        return Candidates(boxes[keep], scores[keep], classes[keep].astype(int), crowded=False)
