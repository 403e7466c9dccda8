"""One run of a job, from its first record to its last."""

from __future__ import annotations

import asyncio
import logging
import uuid
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

from image_worker.errors import ImageWorkerError
from image_worker.queue import layout
from image_worker.queue.store import LostError
from image_worker.queue.terms import GRACE_SECONDS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from image_worker.queue.records import Record
    from image_worker.queue.store import Store

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a handler makes of a job."""

    output: bytes | None = None
    """JSON of the result."""
    error: str | None = None
    """A sentence for the caller, if the job failed; it may have an output all the same."""


class Letting(Enum):
    """Why a worker lets go of a job before its end."""

    CALLED_OFF = auto()
    """Its record says that it has ended, or that somebody else has it."""
    TIMED_OUT = auto()
    """It ran longer than it may."""
    FORGOTTEN = auto()
    """Its time is over, and nobody can ask for it any more."""
    CLOSING = auto()
    """The worker ends, and puts it back."""


class Run:
    """A job in the hands of a handler.

    The handler is told by cancelling it when the job was called off, took too long or has another
    worker: it ends its work and lets the `CancelledError` pass.
    """

    def __init__(self, store: Store, record: Record, body: bytes) -> None:
        self._store = store
        self._writing = asyncio.Lock()
        self._over = False
        self._task: asyncio.Task[Answer] | None = None
        self.record = record
        self.letting: Letting | None = None
        self.body = body
        """JSON of the input."""

    @property
    def id(self) -> str:
        """Id of the job."""
        return self.record.id

    @property
    def attempt(self) -> int:
        """How many workers have begun it, this one included."""
        return self.record.attempt

    @property
    def extra(self) -> Mapping[str, Any]:
        """What else came with the job."""
        return self.record.ticket.extra

    @property
    def created(self) -> float:
        """When the job was put into the queue, in seconds since 1970."""
        return self.record.ticket.created

    async def progress(self, value: Any) -> None:
        """Tell those who ask for the job how far it is; after its end nothing is told."""
        # A handler that is cancelled meanwhile must leave the record as it is known here.
        await asyncio.shield(self._write(value))

    async def item(self, body: bytes) -> None:
        """Stream a part of the result, as JSON, before the job has ended."""
        if self._over:
            return
        await self._store.send(
            layout.item(self.id, self.record.run),
            body,
            message_id=uuid.uuid4().hex,
            seconds=self._seconds + self._store.terms.retention(self.id),
        )

    def let_go(self, why: Letting) -> None:
        """Have the handler stop; it is told once."""
        if self.letting is None and self._task and not self._task.done():
            self.letting = why
            self._task.cancel()

    async def check(self) -> None:
        """Let go of the job if its record is no longer this worker's."""
        async with self._writing:
            if self._over or self.letting:
                return
            found = await self._store.read(self.id)
            if found is None or found.revision != self.record.revision:
                self.let_go(Letting.CALLED_OFF)

    async def finish(self, handle: Callable[[Run], Awaitable[Answer]]) -> Answer | None:
        """Run the handler to its end; None if it was let go of, which `letting` then says."""
        left, limit = self.record.ticket.seconds_left, self.record.ticket.policy.execution_seconds
        self._task = asyncio.ensure_future(_answer(handle, self))
        late = Letting.TIMED_OUT if limit <= left else Letting.FORGOTTEN
        loop = asyncio.get_running_loop()
        timer = loop.call_later(max(0, min(left, limit)), self.let_go, late)
        try:
            await asyncio.wait([self._task])
        finally:
            timer.cancel()
            if not self._task.done():  # this worker is being cancelled itself
                self._task.cancel()
            async with self._writing:
                self._over = True
        if self._task.cancelled():
            self.letting = self.letting or Letting.CLOSING
            return None
        return None if self.letting else self._task.result()

    async def _write(self, value: Any) -> None:
        async with self._writing:
            if self._over:
                return
            changed = replace(self.record, progress=value)
            try:
                self.record = await self._store.write(changed, self._seconds)
            except LostError:
                self.let_go(Letting.CALLED_OFF)

    @property
    def _seconds(self) -> float:
        return max(0, self.record.ticket.seconds_left) + GRACE_SECONDS


async def _answer(handle: Callable[[Run], Awaitable[Answer]], run: Run) -> Answer:
    try:
        return await handle(run)
    except ImageWorkerError as error:
        return Answer(error=error.message)
    except Exception:
        log.exception("job %s: its handler failed", run.id)
        return Answer(error="the worker failed on this job; its log says more")
