"""A job as those see it who asked for it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from image_worker.queue.records import Record, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Where a job stands, and what came of it."""

    id: str
    status: Status
    created: float
    """When it was put into the queue, in seconds since 1970."""
    delay_ms: int | None = None
    """Milliseconds that it waited, once it has begun."""
    execution_ms: int | None = None
    """Milliseconds that it ran, once it has ended."""
    worker: str | None = None
    retries: int = 0
    """How often it was begun again because its worker was lost."""
    progress: Any = None
    error: str | None = None
    output: bytes | None = None
    """JSON of its result, where it was asked for and there is one."""

    def head(self) -> dict[str, Any]:
        """Return what RunPod's API says of a job, but for the output of one that has ended."""
        every = {
            "id": self.id,
            "status": self.status.value,
            "delayTime": self.delay_ms,
            "executionTime": self.execution_ms,
            "workerId": self.worker,
            "retries": self.retries or None,
            "error": self.error,
            "output": {"progress": self.progress} if self.progress is not None else None,
        }
        return {name: value for name, value in every.items() if value is not None}

    def json(self) -> bytes:
        """Return the same as JSON, with the output as the worker wrote it."""
        head = json.dumps(self.head()).encode()
        return head if self.output is None else head[:-1] + b', "output": ' + self.output + b"}"


def job_of(record: Record, output: bytes | None = None) -> Job:
    """Return what is known of a job."""
    started, ended = record.started, record.ended
    return Job(
        id=record.id,
        status=record.status,
        created=record.ticket.created,
        delay_ms=_milliseconds(record.ticket.created, started),
        execution_ms=_milliseconds(started, ended),
        worker=record.worker or None,
        retries=max(0, record.attempt - 1),
        progress=record.progress,
        error=record.error,
        output=output,
    )


def _milliseconds(begin: float | None, end: float | None) -> int | None:
    """Return how long it took; a clock that was set back makes that nothing, never less."""
    return None if begin is None or end is None else max(0, round((end - begin) * 1000))
