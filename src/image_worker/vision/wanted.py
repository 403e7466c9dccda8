"""What is to be looked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Task = Literal["objects", "faces", "text", "codes", "classify"]
"""The kinds of things that can be looked for, which are the names of the analyses too."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be looked for, and how."""

    task: Task
    model: str | None = None
    """A name in the table of models. Default: the usual model of the task."""
    min_confidence: float | None = None
    """Least confidence, 0 to 1. Default: what suits the model, mostly 0.5."""
    classes: tuple[str, ...] = ()
    """Labels that count; a label that the model does not know is an error. Default: all."""
    most: int | None = None
    """How many are returned, the surest first. Default: 100."""
    tiles: bool = False
    """Whether to look at overlapping parts too, which finds smaller things and takes longer."""
    masks: bool = False
    """Whether to return masks too; an error where the model makes none."""
