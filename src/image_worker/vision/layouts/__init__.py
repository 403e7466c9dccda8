"""How the outputs of models are laid out: one class a family, none for a brand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from image_worker.vision.layouts import planes
from image_worker.vision.layouts.base import Plan
from image_worker.vision.layouts.blazeface import Blazeface
from image_worker.vision.layouts.detr import Detr
from image_worker.vision.layouts.detr_deploy import DetrDeploy
from image_worker.vision.layouts.ssd import Ssd
from image_worker.vision.layouts.yolo import Yolo, YoloEnd
from image_worker.vision.layouts.yolox import Yolox

if TYPE_CHECKING:
    from image_worker.vision.graph import Graph
    from image_worker.vision.layouts.base import Layout

DETECTORS: dict[str, Layout] = {
    layout.name: layout
    for layout in (Ssd(), Blazeface(), DetrDeploy(), Detr(), Yolox(), YoloEnd(), Yolo())
}
"""What finds boxes, by name; a graph is taken for the first that accepts it."""

_PLANES = {"mask": planes.mask, "upscale": planes.upscale, "scores": planes.scores}


def guess(graph: Graph, layout: str | None) -> Plan | None:
    """Return how a model is fed and read; `layout` is what the table says of it."""
    if layout:
        known = _PLANES[layout] if layout in _PLANES else DETECTORS[layout].guess
        height, width = graph.sides or (None, None)
        return known(graph) or Plan(layout, width=width, height=height)
    guesses = (*(each.guess for each in DETECTORS.values()), *_PLANES.values())
    return next(filter(None, (each(graph) for each in guesses)), None)
