"""What a worker does with a ticket that it was handed, once somebody has set the job's record.

A ticket is handed out at least once, so it may come again: because its worker is lost, because an
acknowledgement is, or because it came late. Only the record says which.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import TYPE_CHECKING

from image_worker.queue.records import Record, Status, without_inline

if TYPE_CHECKING:
    from image_worker.queue.records import Ticket


class Claim(Enum):
    """What is to be done."""

    BEGIN = auto()
    """Set the record to one that this worker has begun."""
    GIVE_UP = auto()
    """End the job: it has cost too many workers."""
    SETTLE = auto()
    """The job has ended: do again what follows its end, which does nothing twice."""
    FORGET = auto()
    """The ticket means nothing any more."""
    LEAVE = auto()
    """Another worker has the job, and nothing says that it is lost."""


@dataclass(frozen=True, slots=True)
class Handed:
    """A ticket, and how it came."""

    ticket: Ticket
    sequence: int
    """Its place in the stream."""
    delivery: int
    """How often it has been handed out, this time included."""


def first(handed: Handed, worker: str) -> Record:
    """Return the record of a job that begins; it is set where nothing has been since the ticket."""
    return Record(
        ticket=without_inline(handed.ticket),
        status=Status.IN_PROGRESS,
        worker=worker,
        sequence=handed.sequence,
        delivery=handed.delivery,
        attempt=1,
        started=time.time(),
        revision=handed.ticket.revision,
    )


def claim(handed: Handed, found: Record | None, max_attempts: int) -> Claim:
    """Decide what to do with a ticket whose job has the record `found`."""
    if found is None:
        return Claim.FORGET  # the time of the job was over while it was looked at
    if found.status is Status.IN_QUEUE:
        mine = found.ticket.revision == handed.ticket.revision
        return Claim.BEGIN if mine else Claim.FORGET
    if found.status.final:
        mine = found.sequence in (handed.sequence, 0)  # 0: called off before anybody began it
        return Claim.SETTLE if mine else Claim.FORGET
    if found.sequence != handed.sequence:
        return Claim.FORGET  # left over from before a retry
    if handed.delivery <= found.delivery:
        return Claim.LEAVE  # not handed out again since: it only came late
    return Claim.GIVE_UP if found.attempt >= max_attempts else Claim.BEGIN


def next_attempt(handed: Handed, worker: str, found: Record) -> Record:
    """Return the record of a job that begins after others had it, or after it was put back."""
    begun = first(handed, worker)
    return replace(begun, attempt=found.attempt + 1, revision=found.revision)
