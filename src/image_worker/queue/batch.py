"""Batches: many jobs that are prepared together, and worked when nothing else waits."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import Field, TypeAdapter

from image_worker.queue.records import Policy, Status
from image_worker.queue.terms import BATCH_PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterable

    from image_worker.queue.records import Record

MOST_ACTIVE: Final = 10
"""Batches that may be prepared or worked at once, as on RunPod."""

MOST_REQUESTS: Final = 5000
"""Requests that a batch may have, as on RunPod."""


class Stage(StrEnum):
    """Where a batch stands."""

    DRAFT = "DRAFT"
    FINALIZED = "FINALIZED"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be done, as it is handed over for a batch."""

    body: bytes
    """JSON of the input."""
    policy: Policy = field(default_factory=Policy)
    webhook: str | None = None
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many requests of a batch stand how; the rest waits."""

    in_progress: int = 0
    completed: int = 0
    failed: int = 0
    """Those that failed, took too long or were called off."""

    @classmethod
    def of(cls, records: Iterable[Record]) -> Counts:
        """Count the requests that have begun."""
        seen = [record.status for record in records]
        return cls(
            in_progress=seen.count(Status.IN_PROGRESS),
            completed=seen.count(Status.COMPLETED),
            failed=sum(one.final and one is not Status.COMPLETED for one in seen),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A batch. It changes only by compare-and-set at its revision."""

    id: str
    created: float
    """In seconds since 1970."""
    name: str = ""
    stage: Stage = Stage.DRAFT
    requests: tuple[str, ...] = ()
    """Ids of its requests, which are the ids of their jobs too."""
    counts: Counts | None = None
    """What came of the requests, once all have ended."""
    revision: Annotated[int, Field(exclude=True)] = 0

    @property
    def active(self) -> bool:
        """Whether there is still something to be done."""
        return self.stage is Stage.DRAFT or (self.stage is Stage.FINALIZED and self.counts is None)

    def dump(self) -> bytes:
        """Return what is stored."""
        return _BATCH.dump_json(self, exclude_defaults=True)

    @classmethod
    def load(cls, stored: bytes, revision: int) -> Batch:
        """Read what `dump` returned, and stands at that revision."""
        return replace(_BATCH.validate_json(stored), revision=revision)


def new_batch_id() -> str:
    """Return an id that no batch has."""
    return f"batch_{uuid.uuid4().hex}"


def new_request_id() -> str:
    """Return an id that no request has."""
    return f"{BATCH_PREFIX}{uuid.uuid4().hex}"


_BATCH = TypeAdapter(Batch)
