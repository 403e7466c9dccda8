"""Models that give a picture: masks and larger pictures, or one number for each class."""

from __future__ import annotations

from typing import TYPE_CHECKING

from image_worker.vision.layouts.base import IMAGENET, Plan
from image_worker.vision.session import literal

if TYPE_CHECKING:
    from image_worker.vision.graph import Graph, Port

_PICTURE = 4


def mask(graph: Graph) -> Plan | None:
    """Accept a first output of one channel: how much each pixel belongs to the foreground."""
    if not (graph.takes_picture and graph.outputs and _channels(graph.outputs[0]) == 1):
        return None
    height, width = graph.sides or (None, None)
    return Plan("mask", "matte", width, height, mean=IMAGENET[0], std=IMAGENET[1])


def upscale(graph: Graph) -> Plan | None:
    """Accept one output of three channels: the same picture, larger."""
    if not (graph.takes_picture and len(graph.outputs) == 1):
        return None
    if _channels(graph.outputs[0]) != 3:  # noqa: PLR2004 - red, green and blue
        return None
    height, width = graph.sides or (None, None)
    return Plan("upscale", "upscale", width, height)


def scores(graph: Graph) -> Plan | None:
    """Accept one output with a number for each class."""
    if not (graph.takes_picture and len(graph.outputs) == 1):
        return None
    if len(graph.outputs[0].shape) != 2:  # noqa: PLR2004 - the batch, and the classes
        return None
    names = literal(graph.notes.get("names"))
    height, width = graph.sides or (224, 224)
    plan = Plan("scores", "classify", width, height, labels=names or {})
    return plan if names else plan.but(mean=IMAGENET[0], std=IMAGENET[1])


def _channels(port: Port) -> int | None:
    return port.shape[1] if len(port.shape) == _PICTURE else None
