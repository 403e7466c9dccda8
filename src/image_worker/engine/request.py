"""What is asked of an engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from image_worker.cancel import Cancel
    from image_worker.limits import Limits
    from image_worker.pipeline import Rendered


@dataclass(frozen=True, slots=True)
class RenderRequest:
    """A recipe and its pictures, as values that can be handed to another process."""

    recipe: str
    """The recipe as JSON; it names its sources by the digests of their bytes."""
    sources: Mapping[str, bytes]
    """The bytes of every source by their digests (SHA-256, in hexadecimal digits)."""
    limits: Limits
    svg: bool = False


class Engine(Protocol):
    """Renders; the only way from a job to pixels."""

    def run(self, request: RenderRequest, cancel: Cancel) -> Rendered:
        """Return the result; raises an `ImageWorkerError`."""
        ...
