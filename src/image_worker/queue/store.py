"""The connection to the broker, and the few things that are done with it.

Whatever is sent twice is stored once: a message has an id by which the broker knows it again, and
a record is set only at the revision that was read. So what was not answered is simply sent again.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.js import errors

from image_worker.errors import QueueFullError, QueueUnavailableError
from image_worker.queue import layout
from image_worker.queue.binary import OLDEST
from image_worker.queue.records import Record
from image_worker.queue.terms import Terms

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from nats.aio.msg import Msg

    from image_worker.queue.files import Files

log = logging.getLogger(__name__)

T = TypeVar("T")

PATIENCE_SECONDS: Final = 10
"""For so long something is tried again before its caller is told that the broker is away."""

FOREVER: Final = float("inf")

UNANSWERED = (NatsError, TimeoutError, OSError)
"""Nobody can tell whether it was done."""

_ANSWER_SECONDS: Final = 2
_LARGE_ANSWER_SECONDS: Final = 10
_LARGE_BYTES: Final = 200_000
_PAUSE_SECONDS: Final = 0.05
_WRONG_REVISION: Final = (10071, 10164)
_STORE_FAILED: Final = 10077
_INTERNAL: Final = 500
_RECONNECT_SECONDS: Final = 0.1
_MAX_BATCH: Final = 1000


class LostError(Exception):
    """The record is no longer what it was: somebody else has changed it."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A message of a stream."""

    subject: str
    sequence: int
    data: bytes


class Store:
    """What the two sides of the queue share: records, tickets and messages."""

    def __init__(self, connection: Client, terms: Terms, files: Files | None = None) -> None:
        self.connection = connection
        self.files = files
        self.stream = connection.jetstream(timeout=_ANSWER_SECONDS)
        self.terms = terms

    @classmethod
    async def connect(
        cls,
        url: str,
        terms: Terms | None = None,
        *,
        files: Files | None = None,
        patience: float = PATIENCE_SECONDS,
    ) -> Self:
        """Connect to a broker and make its streams, where they do not exist.

        `files` keeps large payloads, where everybody who works them has the same folder.

        Raises:
            QueueUnavailableError: No broker answers there, it wants a key, or it is too old.
        """
        store = cls(Client(), terms or Terms(), files)
        try:
            await store._open(url, patience)
        except BaseException:
            await store.close()
            raise
        return store

    async def _open(self, url: str, patience: float) -> None:
        try:
            async with asyncio.timeout(patience):
                await self.connection.connect(
                    url,
                    max_reconnect_attempts=-1,
                    reconnect_time_wait=_RECONNECT_SECONDS,  # type: ignore[arg-type]  # a float does
                    error_cb=_log_error,
                )
        except (*UNANSWERED, ValueError) as error:
            raise QueueUnavailableError("the queue's broker cannot be reached") from error
        version = self.connection.connected_server_version
        if (version.major, version.minor) < OLDEST:
            raise QueueUnavailableError(
                f"expected a nats-server of at least 2.12, got {version.major}.{version.minor}"
            )
        await self.insist(lambda: layout.create(self.stream, self.terms), patience)

    async def close(self) -> None:
        """Close the connection."""
        await self.connection.close()

    async def read(self, job_id: str) -> Record | None:
        """Return a job's record, if there is one."""
        stored = await self.last(layout.JOBS, layout.job(job_id))
        return Record.load(stored.data, stored.sequence) if stored else None

    async def write(
        self, record: Record, seconds: float, *, patience: float = PATIENCE_SECONDS
    ) -> Record:
        """Set a record where it still stands at its revision, and keep it for so long.

        Raises:
            LostError: It does not.
        """
        revision = await self.set(
            layout.JOBS, layout.job(record.id), record.dump(), record.revision, seconds, patience
        )
        return replace(record, revision=revision)

    async def set(
        self,
        stream: str,
        subject: str,
        body: bytes,
        revision: int,
        seconds: float,
        patience: float = PATIENCE_SECONDS,
    ) -> int:
        """Set what stands under a subject where it is still at its revision; return the new one.

        Raises:
            LostError: It is not.
        """
        sent = False

        async def attempt() -> int:
            nonlocal sent
            unsure, sent = sent, True
            expected = {"Nats-Expected-Last-Subject-Sequence": str(revision)}
            try:
                return await self._publish(subject, body, expected, seconds)
            except errors.APIError as error:
                if error.err_code not in _WRONG_REVISION:
                    raise
                stored = await self.last(stream, subject) if unsure else None
                if stored is None or stored.data != body:
                    raise LostError(subject) from None
                return stored.sequence

        return await self.insist(attempt, patience)

    async def send(
        self,
        subject: str,
        body: bytes,
        *,
        message_id: str | None = None,
        seconds: float | None = None,
        headers: dict[str, str] | None = None,
        patience: float = PATIENCE_SECONDS,
    ) -> int:
        """Store a message, once for each id, and return its place in the stream."""
        more = {"Nats-Msg-Id": message_id} if message_id else {}
        every = {**(headers or {}), **more}
        return await self.insist(lambda: self._publish(subject, body, every, seconds), patience)

    async def last(self, stream: str, subject: str) -> Stored | None:
        """Return the last message of a subject."""

        async def attempt() -> Stored | None:
            try:
                # A copy of the stream may lag behind, so a cluster's leader is asked.
                raw = await self.stream.get_msg(
                    stream, subject=subject, direct=self.terms.replicas == 1
                )
            except errors.NotFoundError:
                return None
            return Stored(raw.subject or subject, raw.seq or 0, raw.data or b"")

        return await self.insist(attempt)

    async def last_of_each(self, stream: str, *subjects: str) -> list[Stored]:
        """Return the last message of every subject that matches."""
        query = {"batch": _MAX_BATCH, "multi_last": list(subjects)}
        return await self.insist(lambda: self._query(stream, query))

    async def following(
        self, stream: str, subject: str, sequence: int, limit: int = _MAX_BATCH
    ) -> list[Stored]:
        """Return messages of the subjects that match, from that place of the stream on."""
        query = {"batch": limit, "next_by_subj": subject, "seq": max(1, sequence)}
        return await self.insist(lambda: self._query(stream, query))

    async def drop(self, stream: str, subject: str, *, before: int | None = None) -> None:
        """Delete the messages of the subjects that match, or those before a place."""
        await self.insist(lambda: self.stream.purge_stream(stream, seq=before, subject=subject))

    async def insist(
        self, attempt: Callable[[], Awaitable[T]], patience: float = PATIENCE_SECONDS
    ) -> T:
        """Try until the broker answers.

        Raises:
            QueueFullError: It takes no more.
            QueueUnavailableError: It did not answer in time.
        """
        give_up = time.monotonic() + patience
        while True:
            try:
                return await attempt()
            except UNANSWERED as error:
                _judge(error)
                if self.files and not self.files.has_reserve:
                    self.files.starved.set()  # then it says nothing, or that it failed
                if time.monotonic() > give_up:
                    raise QueueUnavailableError("the queue does not answer") from error
            await asyncio.sleep(_PAUSE_SECONDS)

    async def _publish(
        self, subject: str, body: bytes, headers: dict[str, str], seconds: float | None
    ) -> int:
        wait = _LARGE_ANSWER_SECONDS if len(body) > _LARGE_BYTES else _ANSWER_SECONDS
        ttl = None if seconds is None else max(1, seconds)
        answer = await self.stream.publish(
            subject, body, headers=dict(headers), msg_ttl=ttl, timeout=wait
        )
        return answer.seq

    async def _query(self, stream: str, query: dict[str, Any]) -> list[Stored]:
        """Ask a stream for several messages at once, which nats-py has no method for."""
        inbox = self.connection.new_inbox()
        answers = await self.connection.subscribe(inbox, pending_bytes_limit=0)
        try:
            await self.connection.publish(
                f"$JS.API.DIRECT.GET.{stream}", json.dumps(query).encode(), reply=inbox
            )
            found: list[Stored] = []
            while _is_stored(message := await answers.next_msg(_LARGE_ANSWER_SECONDS)):
                headers = message.headers or {}
                found.append(
                    Stored(headers["Nats-Subject"], int(headers["Nats-Sequence"]), message.data)
                )
            return found
        finally:
            await answers.unsubscribe()


def _is_stored(message: Msg) -> bool:
    return bool(message.headers and "Nats-Sequence" in message.headers)


def _judge(error: BaseException) -> None:
    """Raise what another try does not mend."""
    if not isinstance(error, errors.APIError):
        return
    if error.err_code == _STORE_FAILED and "maximum" in (error.description or ""):
        raise QueueFullError("the queue takes no more jobs now; try again later") from error
    if (error.code or _INTERNAL) < _INTERNAL:
        raise error


async def _log_error(error: Exception) -> None:
    log.debug("the connection to the queue's broker: %r", error)
