"""The side of those who do the work: slots that take jobs, have them handled and end them."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from image_worker.errors import ImageWorkerError
from image_worker.queue import ending, layout
from image_worker.queue.blobs import Blobs, MissingError
from image_worker.queue.claims import Claim, Handed, claim, first, next_attempt
from image_worker.queue.inbox import Inbox, wanted
from image_worker.queue.records import Record, Status, Ticket
from image_worker.queue.running import Answer, Letting, Run
from image_worker.queue.store import UNANSWERED, LostError
from image_worker.queue.terms import BATCH_PREFIX, GRACE_SECONDS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from nats.aio.msg import Msg

    from image_worker.queue.records import Payload
    from image_worker.queue.store import Store

log = logging.getLogger(__name__)

_IDLE_SECONDS: Final = 1
"""For so long an idle slot waits before it looks for jobs of low priority again."""

_SIGNS: Final = 3
"""Signs of life in the time after which a worker is taken for lost."""


class Consumer:
    """Takes jobs off a queue, `slots` at a time, and has `handle` work them."""

    def __init__(
        self,
        store: Store,
        handle: Callable[[Run], Awaitable[Answer]],
        *,
        slots: int = 8,
        name: str | None = None,
    ) -> None:
        self._store = store
        self._blobs = Blobs(store)
        self._handle = handle
        self._slots = slots
        self._name = name or uuid.uuid4().hex[:14]
        self._runs: dict[str, tuple[Run, Msg]] = {}
        self._closing = asyncio.Event()
        self._closed = asyncio.Event()

    @property
    def name(self) -> str:
        """Name of this worker, which the records of its jobs carry."""
        return self._name

    @property
    def running(self) -> int:
        """How many jobs it works now."""
        return len(self._runs)

    async def run(self) -> None:
        """Work until `close` is called, or until this is cancelled."""
        stop = await self._store.connection.subscribe(layout.stop(self._name), cb=self._stop)
        signs = asyncio.ensure_future(self._signs())
        try:
            async with asyncio.TaskGroup() as slots:
                for _ in range(self._slots):
                    slots.create_task(self._slot())
        finally:
            self._closed.set()
            signs.cancel()
            with contextlib.suppress(*UNANSWERED, ImageWorkerError):
                await stop.unsubscribe()
                await self._store.drop(layout.WORKERS, layout.worker(self._name))

    async def close(self, seconds: float = 0) -> None:
        """Take no more jobs. Those that still run after so long are put back into the queue.

        `run` returns once that is done.
        """
        self._closing.set()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._closed.wait()
        for run, _ in list(self._runs.values()):
            run.let_go(Letting.CLOSING)

    async def _slot(self) -> None:
        async with Inbox(self._store) as inbox:
            while wanted() and not self._closing.is_set():
                message = await inbox.next_ticket(_IDLE_SECONDS)
                if message is None:
                    continue
                if self._closing.is_set():  # it may even be one that this worker just put back
                    await self._reply(message, b"-NAK")
                else:
                    await self._work(message)

    async def _work(self, message: Msg) -> None:
        """Do what a ticket asks for; whatever goes wrong, it comes back as it is not answered."""
        try:
            meta = message.metadata
            handed = Handed(Ticket.load(message.data), meta.sequence.stream, meta.num_delivered)
        except ValueError:
            log.exception("a ticket cannot be read, and is thrown away")
            await self._reply(message, b"+TERM")
            return
        try:
            record = await self._begin(handed, message)
            if record is not None:
                await self._complete(record, handed.ticket, message)
        except LostError:
            log.info("job %s: somebody else has it", handed.ticket.id)
        except (*UNANSWERED, ImageWorkerError) as error:
            log.warning("job %s: left for another try: %r", handed.ticket.id, error)
        except Exception:
            log.exception("job %s: left for another try", handed.ticket.id)

    async def _begin(self, handed: Handed, message: Msg) -> Record | None:
        """Return the record of a job that this worker now has; None if there is nothing to do."""
        ticket = handed.ticket
        if ticket.seconds_left <= 0:
            await self._acknowledge(message)
            return None
        try:
            return await self._set(first(handed, self._name))
        except LostError:
            found = await self._store.read(ticket.id)
        match claim(handed, found, self._store.terms.max_attempts), found:
            case Claim.BEGIN, Record():
                return await self._set(next_attempt(handed, self._name, found))
            case Claim.GIVE_UP, Record():
                error = f"the job was given up: {found.attempt} workers were lost while they had it"
                await self._end(found, ticket, message, Status.FAILED, Answer(error=error))
            case Claim.SETTLE, Record():
                await self._settle(found, message)
            case Claim.FORGET, _:
                await self._acknowledge(message)
        return None  # the rest is another worker's

    async def _set(self, record: Record) -> Record:
        return await self._store.write(record, record.ticket.seconds_left + GRACE_SECONDS)

    async def _complete(self, record: Record, ticket: Ticket, message: Msg) -> None:
        try:
            run = Run(self._store, record, await self._blobs.get(ticket.input))
        except MissingError:
            lost = Answer(error="the job's input is no longer kept")
            await self._end(record, ticket, message, Status.FAILED, lost)
            return
        self._runs[record.run] = run, message
        try:
            answer = await run.finish(self._handle)
            await self._close(run, ticket, message, answer or Answer())
        finally:
            del self._runs[record.run]

    async def _close(self, run: Run, ticket: Ticket, message: Msg, answer: Answer) -> None:
        """Do what is to be done with a job whose handler has returned."""
        match run.letting:
            case None:
                status = Status.COMPLETED if answer.error is None else Status.FAILED
                await self._end(run.record, ticket, message, status, answer)
            case Letting.TIMED_OUT:
                await self._end(run.record, ticket, message, Status.TIMED_OUT, answer)
            case Letting.CALLED_OFF:
                await self._leave(run.record, message)
            case Letting.FORGOTTEN:
                await self._acknowledge(message)
            case Letting.CLOSING:
                await self._put_back(run.record, message)

    async def _end(
        self, record: Record, ticket: Ticket, message: Msg, status: Status, answer: Answer
    ) -> None:
        """Write the last record of a job, and do what follows."""
        retention = self._store.terms.retention(record.id)
        kept = retention + GRACE_SECONDS
        output: Payload | None = None
        if answer.output is not None:
            key, many = f"out-{record.id}-{record.run}", record.id.startswith(BATCH_PREFIX)
            output = await self._blobs.put(key, answer.output, kept, apart=many)
        if status.retryable:
            again = await self._kept(ticket, kept)
            record = replace(record, ticket=replace(record.ticket, input=again))
        error = answer.error
        if status is Status.TIMED_OUT:
            error = f"the job ran longer than {record.ticket.policy.execution_seconds:g} seconds"
        final = ending.ended(record, status, retention, output=output, error=error)
        try:
            final = await ending.end(self._store, final)
        except LostError:
            await self._leave(record, message)
        else:
            await self._settle(final, message)

    async def _kept(self, ticket: Ticket, seconds: float) -> Payload:
        """Keep the input of a job that failed, so that it can be run again."""
        try:
            body = await self._blobs.get(ticket.input)
        except MissingError:
            return ticket.input
        return await self._blobs.put(f"in-{ticket.id}", body, seconds, apart=True)

    async def _leave(self, record: Record, message: Msg) -> None:
        """Leave a job that others have ended or taken; it is settled here if nobody else will."""
        found = await self._store.read(record.id)
        if found is None:
            await self._acknowledge(message)
        elif found.status.final and found.sequence == record.sequence:
            await self._settle(found, message)

    async def _settle(self, record: Record, message: Msg) -> None:
        await ending.settle(self._store, self._blobs, record)
        await self._acknowledge(message)

    async def _put_back(self, record: Record, message: Msg) -> None:
        """Give the job to another worker, without counting this one as lost."""
        waiting = replace(
            record, status=Status.IN_QUEUE, attempt=record.attempt - 1, started=None, worker=""
        )
        await self._set(waiting)
        await self._reply(message, b"-NAK")

    async def _acknowledge(self, message: Msg) -> None:
        await self._reply(message, b"+ACK")

    async def _reply(self, message: Msg, word: bytes) -> None:
        await self._store.connection.publish(message.reply, word)

    async def _stop(self, message: Msg) -> None:
        """Let go of a job that was called off."""
        for run, _ in list(self._runs.values()):
            if run.id == message.data.decode():
                run.let_go(Letting.CALLED_OFF)

    async def _signs(self) -> None:
        """Give signs of life: this worker's own, and one for each job, which is looked at too."""
        lease = self._store.terms.lease_seconds
        while wanted():
            with contextlib.suppress(*UNANSWERED, ImageWorkerError):
                await self._store.send(layout.worker(self._name), b"", seconds=lease + 1)
                for run, message in list(self._runs.values()):
                    await self._reply(message, b"+WPI")
                    await run.check()
            await asyncio.sleep(lease / _SIGNS)
