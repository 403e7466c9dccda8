"""What is known of a job beside the job itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from image_worker.cancel import Cancel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from image_worker.buckets import Bucket
    from image_worker.worker.room import Room


@dataclass(frozen=True, slots=True)
class Ticket:
    """Who asks, how the work can be called off, and what came beside the job."""

    id: str = "local"
    """Name of the job, which logs and keys of stored results use."""
    cancel: Cancel = field(default_factory=Cancel)
    patient: bool = True
    """Whether the job waits for its turn however long; another is refused where the queue is."""
    max_inline_bytes: int | None = None
    """Bytes that the answer may have as JSON; nothing is refused where there is no such limit."""
    uploads: Mapping[str, bytes] = field(default_factory=dict)
    """Files that came with the job, by the names that its sources use."""
    bucket: Bucket | None = None
    """Bucket that came with the job; `buckets.bucket_of_job` reads it."""
    room: Room | None = None
    """What is left of a limit that several answers share; it stands before `max_inline_bytes`."""
