"""Being told of changes, instead of asking again and again."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from types import TracebackType

    from nats.aio.msg import Msg
    from nats.aio.subscription import Subscription

    from image_worker.queue.store import Store

_LOOK_SECONDS: Final = 5
"""The broker tells of a change once, and nobody repeats it: after so long one looks oneself."""


class Watch:
    """Hears what is told on some subjects, from the moment that it is entered."""

    def __init__(self, store: Store, *subjects: str) -> None:
        self._connection = store.connection
        self._subjects = subjects
        self._heard: asyncio.Queue[Msg] = asyncio.Queue()
        self._subscriptions: list[Subscription] = []

    async def __aenter__(self) -> Self:
        """Begin to listen."""
        for subject in self._subjects:
            self._subscriptions.append(
                await self._connection.subscribe(subject, cb=self._heard.put)
            )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Listen no longer."""
        for subscription in self._subscriptions:
            if not self._connection.is_closed:
                await subscription.unsubscribe()

    async def next(self) -> Msg:
        """Return what is told next."""
        return await self._heard.get()

    async def told(self, give_up: float) -> Msg | None:
        """Return what is told next; None where it is time to look, at the latest at `give_up`."""
        left = give_up - time.monotonic()
        if left <= 0:
            return None
        try:
            async with asyncio.timeout(min(left, _LOOK_SECONDS)):
                return await self._heard.get()
        except TimeoutError:
            return None

    async def wait(self, give_up: float) -> bool:
        """Wait until it is worth looking again; False once the clock has passed `give_up`."""
        left = give_up - time.monotonic()
        if left <= 0:
            return False
        try:
            async with asyncio.timeout(min(left, _LOOK_SECONDS)):
                await self._heard.get()
        except TimeoutError:
            return True
        while not self._heard.empty():
            self._heard.get_nowait()
        return True
