"""What the broker stores of a job: frozen values, each a line of JSON and what comes after it.

The line holds what is known of the job. What follows is the JSON of its input or its output, as it
came: the queue neither reads nor rewrites it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, TypeAdapter


class Status(StrEnum):
    """Where a job stands."""

    IN_QUEUE = "IN_QUEUE"
    IN_PROGRESS = "IN_PROGRESS"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    TIMED_OUT = "TIMED_OUT"

    @property
    def final(self) -> bool:
        """Whether the job has ended."""
        return self not in (Status.IN_QUEUE, Status.IN_PROGRESS)

    @property
    def retryable(self) -> bool:
        """Whether a job that ended so can be run again."""
        return self in (Status.FAILED, Status.TIMED_OUT)


@dataclass(frozen=True, slots=True)
class Policy:
    """What a caller may say about how its job is treated."""

    execution_seconds: float = 600
    """A job that runs longer ends as timed out."""
    ttl_seconds: float = 86_400
    """So long after it was accepted the job is forgotten, even if it still runs."""
    low_priority: bool = False
    """Whether the job waits until no other does."""


@dataclass(frozen=True, slots=True)
class Payload:
    """JSON of any size: here itself, or under a key elsewhere."""

    parts: int = 0
    """In how many parts it is in the stream of blobs."""
    file: bool = False
    """Whether it is a file of the embedded broker."""
    key: str = ""
    inline: Annotated[bytes, Field(exclude=True)] = b""

    @property
    def apart(self) -> bool:
        """Whether it is elsewhere."""
        return self.file or self.parts > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A job that was accepted, and waits in the queue."""

    id: str
    created: float
    """When it was put into the queue, in seconds since 1970."""
    input: Payload
    policy: Policy = field(default_factory=Policy)
    webhook: str | None = None
    extra: dict[str, Any] = field(default_factory=dict)
    """What else came with the job; it is handed to the worker as it is."""
    revision: int = 0
    """Revision of the job's record for which this ticket holds; 0 where there is no record yet."""

    @property
    def deadline(self) -> float:
        """When the job is forgotten, in seconds since 1970."""
        return self.created + self.policy.ttl_seconds

    @property
    def seconds_left(self) -> float:
        """Seconds until then."""
        return self.deadline - time.time()

    def dump(self) -> bytes:
        """Return what is stored."""
        return _TICKET.dump_json(self, exclude_defaults=True) + b"\n" + self.input.inline

    @classmethod
    def load(cls, stored: bytes) -> Ticket:
        """Read what `dump` returned."""
        head, _, body = stored.partition(b"\n")
        ticket = _TICKET.validate_json(head)
        return replace(ticket, input=replace(ticket.input, inline=body))


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What has become of a job. It changes only by compare-and-set at its revision."""

    ticket: Ticket
    status: Status
    worker: str = ""
    sequence: int = 0
    """Place of the job's ticket in its stream: another ticket of the same job has another."""
    delivery: int = 0
    """How often the ticket had been handed out when the worker got it."""
    attempt: int = 0
    """How many workers have begun the job since it was put into the queue."""
    started: float | None = None
    ended: float | None = None
    expires: float | None = None
    """When an ended job can no longer be asked for."""
    progress: Any = None
    error: str | None = None
    output: Payload | None = None
    revision: Annotated[int, Field(exclude=True)] = 0

    @property
    def id(self) -> str:
        """Id of the job."""
        return self.ticket.id

    @property
    def run(self) -> str:
        """Name of this run of the job: no other run of it has the same."""
        return f"{self.sequence}-{self.attempt}"

    @property
    def gone(self) -> bool:
        """Whether the job can no longer be asked for."""
        return time.time() > (self.ticket.deadline if self.expires is None else self.expires)

    def dump(self) -> bytes:
        """Return what is stored."""
        body = self.output.inline if self.output else b""
        return _RECORD.dump_json(self, exclude_defaults=True) + b"\n" + body

    @classmethod
    def load(cls, stored: bytes, revision: int) -> Record:
        """Read what `dump` returned, and stands at that revision."""
        head, _, body = stored.partition(b"\n")
        record = replace(_RECORD.validate_json(head), revision=revision)
        if record.output is None:
            return record
        return replace(record, output=replace(record.output, inline=body))


def without_inline(ticket: Ticket) -> Ticket:
    """Return the ticket as records keep it: a small input stays with the ticket itself."""
    return replace(ticket, input=replace(ticket.input, inline=b""))


_TICKET = TypeAdapter(Ticket)
_RECORD = TypeAdapter(Record)
