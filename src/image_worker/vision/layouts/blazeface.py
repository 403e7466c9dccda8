"""The finder of faces that is built in: BlazeFace, short range."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from image_worker.vision.layouts.base import Candidates, Plan, centred, check, sigmoid
from image_worker.vision.libraries import numpy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from image_worker.vision.graph import Graph

LANDMARKS = ("right_eye", "left_eye", "nose", "mouth", "right_ear", "left_ear")
"""As the person in the picture calls them, so the right eye is at the left."""

# The grids of `face_detection_short_range` in MediaPipe: cells a side, and anchors in each.
_GRIDS = ((16, 2), (8, 6))
_SIDE = 128


class Blazeface:
    """Regressors (1, 896, 16): middle, size, six points, in pixels from the anchor; and scores."""

    name = "blazeface"

    def guess(self, graph: Graph) -> Plan | None:
        """Accept the names that MediaPipe gives."""
        if set(graph.names) != {"regressors", "classificators"}:
            return None
        return Plan(self.name, "faces", _SIDE, _SIDE, fit="letterbox")

    def read(self, outputs: Mapping[str, Any], plan: Plan, floor: float) -> Candidates:
        """Move the anchors."""
        del plan
        np = numpy()
        codes, logits = outputs["regressors"][0], outputs["classificators"][0]
        anchors = np.array(_anchors(), np.float32) * _SIDE
        check(codes.shape == (len(anchors), 4 + 2 * len(LANDMARKS)), len(logits) == len(anchors))
        scores = sigmoid(logits[:, 0], np)
        keep = np.flatnonzero(scores >= floor)
        codes, anchors = codes[keep], anchors[keep]
        middles = codes[:, :2] + anchors
        points = codes[:, 4:].reshape(-1, len(LANDMARKS), 2) + anchors[:, None]
        return Candidates(
            boxes=centred(np.concatenate([middles, codes[:, 2:4]], 1), np),
            scores=scores[keep],
            classes=np.zeros(len(keep), int),
            points=points,
        )


@cache
def _anchors() -> tuple[tuple[float, float], ...]:
    """Return the middles of the cells in 0 to 1, each as often as it has anchors."""
    return tuple(
        ((x + 0.5) / side, (y + 0.5) / side)
        for side, count in _GRIDS
        for y in range(side)
        for x in range(side)
        for _ in range(count)
    )
