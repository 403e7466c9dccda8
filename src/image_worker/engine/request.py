"""What is asked of an engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from image_worker.limits import Limits
    from image_worker.pipeline import Rendered


@dataclass(frozen=True, slots=True)
class RenderRequest:
    """One picture and what to do to it, as values that can be handed to another process."""

    data: bytes
    recipe: str
    """The recipe as JSON."""
    limits: Limits
    svg: bool = False


class Engine(Protocol):
    """Renders; the only way from a job to pixels."""

    def run(self, request: RenderRequest) -> Rendered:
        """Return the result; raises an `ImageWorkerError`."""
        ...
