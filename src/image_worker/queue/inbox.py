"""Fetching one message at a time from a consumer of the broker."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Final, Self

from image_worker.queue import layout
from image_worker.queue.store import UNANSWERED

if TYPE_CHECKING:
    from types import TracebackType

    from nats.aio.msg import Msg
    from nats.aio.subscription import Subscription

    from image_worker.queue.store import Store

_SLACK_SECONDS: Final = 1
"""What an answer may be late before the broker is taken to have forgotten the question."""

_PAUSE_SECONDS: Final = 0.05


class Inbox:
    """Where a slot gets its tickets: one at a time, each when it has nothing else to do.

    One subscription serves all its questions. A ticket that comes after its question was given up
    stays here and is the answer to the next one.
    """

    def __init__(self, store: Store) -> None:
        self._connection = store.connection
        self._prefix = store.connection.new_inbox()
        self._arrived: asyncio.Queue[Msg] = asyncio.Queue()
        self._questions = 0
        self._was_high = False
        self._subscription: Subscription | None = None

    async def __aenter__(self) -> Self:
        """Begin to listen."""
        self._subscription = await self._connection.subscribe(
            f"{self._prefix}.*", cb=self._arrived.put
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Listen no longer, and put back what came meanwhile."""
        if self._connection.is_closed or self._subscription is None:
            return
        await self._subscription.unsubscribe()
        while not self._arrived.empty():
            message = self._arrived.get_nowait()
            if is_ticket(message):
                await self._connection.publish(message.reply, b"-NAK")

    async def fetch(self, stream: str, consumer: str, seconds: float = 0) -> Msg | None:
        """Return the consumer's next message, waiting for so long if it has none."""
        self._questions += 1
        reply = f"{self._prefix}.{self._questions}"
        wanted = {"expires": int(seconds * 1e9)} if seconds else {"no_wait": True}
        ask = json.dumps({"batch": 1, **wanted}).encode()
        try:
            subject = f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{consumer}"
            await self._connection.publish(subject, ask, reply=reply)
            return await self._answer(reply, seconds + _SLACK_SECONDS)
        except UNANSWERED:
            await asyncio.sleep(_PAUSE_SECONDS)
            return None

    async def _answer(self, reply: str, seconds: float) -> Msg | None:
        async with asyncio.timeout(seconds):
            while True:
                message = await self._arrived.get()
                if is_ticket(message):
                    return message
                if message.subject == reply:  # "there is none"; others answer older questions
                    return None

    async def next_ticket(self, idle_seconds: float) -> Msg | None:
        """Return a ticket: one that waits, those of low priority last, or one that comes soon.

        After one of high priority the next such is waited for at once, without two questions that
        mostly find nothing.
        """
        ticket = None
        if not self._was_high:
            ticket = await self.fetch(layout.WORK, layout.HIGH)
            self._was_high = ticket is not None
            ticket = ticket or await self.fetch(layout.WORK, layout.LOW)
        if ticket is None:
            ticket = await self.fetch(layout.WORK, layout.HIGH, idle_seconds)
            self._was_high = ticket is not None
        return ticket


def is_ticket(message: Msg) -> bool:
    """Tell whether that is a message of a stream, and not a word about one."""
    return message.reply.startswith("$JS.ACK.")


def wanted() -> bool:
    """Tell whether the running task may go on with the next thing.

    Python 3.11 loses a cancellation that comes just as `wait_for` ends, and nats-py uses that.
    """
    task = asyncio.current_task()
    return task is None or not task.cancelling()
