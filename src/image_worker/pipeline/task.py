"""A recipe with its source opened: what the stages of the image path share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from image_worker.conditions import holds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from image_worker.operations.base import Operation
    from image_worker.pipeline.opening import File, Opened
    from image_worker.pipeline.recipe import Recipe
    from image_worker.pipeline.renditions import Branch


@dataclass(frozen=True, slots=True)
class Task:
    """A recipe with its source opened."""

    recipe: Recipe
    file: File
    opened: Opened
    branches: list[Branch]
    frames: int
    """Frames that are worked."""
    facts: Mapping[str, Any]
    """What conditions ask for."""

    def active(self, operations: tuple[Any, ...]) -> list[Operation]:
        """Return the operations whose conditions are true."""
        return [
            operation
            for operation in operations
            if operation.when is None or holds(operation.when, self.facts)
        ]
