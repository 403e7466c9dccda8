"""What is known of a job beside the job itself."""

from __future__ import annotations

from dataclasses import dataclass, field

from image_worker.cancel import Cancel


@dataclass(frozen=True, slots=True)
class Ticket:
    """Who asks, and how the work can be called off."""

    id: str = "local"
    """Name of the job, which logs and keys of stored results use."""
    cancel: Cancel = field(default_factory=Cancel)
    max_inline_bytes: int | None = None
    """Bytes that the answer may have as JSON; nothing is refused where there is no such limit."""
