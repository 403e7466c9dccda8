"""What every layout of outputs has."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from image_worker.vision.graph import Graph

IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
"""Means and standard deviations of red, green and blue in the pictures of ImageNet."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How a model is to be fed and read."""

    layout: str = ""
    task: str = ""
    width: int | None = 640
    """Of the picture that it takes; nothing where any will do."""
    height: int | None = 640
    fit: str = "stretch"
    bars: int = 114
    levels: int = 1
    mean: tuple[float, ...] = (0.0, 0.0, 0.0)
    std: tuple[float, ...] = (1.0, 1.0, 1.0)
    channels: str = "rgb"
    labels: Mapping[int, str] = field(default_factory=dict)
    """Classes by their numbers; empty where nobody says."""
    logits: bool = False
    min_confidence: float = 0.5
    overlap: float = 0.5
    twice: bool = False

    def but(self, **changes: Any) -> Plan:
        """Return the plan with these changes."""
        return replace(self, **changes)


@dataclass(frozen=True, slots=True)
class Candidates:
    """Boxes in pixels of the picture that the model took, as columns of numbers."""

    boxes: Any
    """(n, 4): left, top, right, bottom."""
    scores: Any
    """(n,): 0 to 1."""
    classes: Any
    """(n,): whole numbers."""
    crowded: bool = True
    """Whether one thing may have several boxes."""
    masks: Callable[[Any], Any] | None = None
    """Gives masks of some boxes, by their numbers, as (k, h, w) on a grid over the same picture;
    positive numbers are inside."""
    points: Any = None
    """(n, k, 2): landmarks."""


class Layout(Protocol):
    """One way to lay out the answers of a detector."""

    name: str

    def guess(self, graph: Graph) -> Plan | None:
        """Return how a model is read if it looks like one of these."""
        ...

    def read(self, outputs: Mapping[str, Any], plan: Plan, floor: float) -> Candidates:
        """Return the candidates that have at least the confidence `floor`.

        Raises a `ValueError`, an `IndexError` or a `KeyError` where the outputs are of another
        shape.
        """
        ...


def centred(boxes: Any, numpy: Any) -> Any:
    """Return boxes by their edges that are given by middle, width and height."""
    middle, half = boxes[..., :2], boxes[..., 2:4] / 2
    return numpy.concatenate([middle - half, middle + half], -1)


def sigmoid(numbers: Any, numpy: Any) -> Any:
    """Return the logistic function, which is 0 to 1 for any number."""
    return 1 / (1 + numpy.exp(-numpy.clip(numbers, -60, 60)))


def check(*truths: bool) -> None:
    """Raise a `ValueError` unless all are true of a shape."""
    if not all(truths):
        raise ValueError("a shape that does not fit")
