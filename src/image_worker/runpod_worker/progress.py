"""Tells the platform how far a batch is.

The SDK's own `progress_update` sends from a thread that nobody can wait for. What it sends just
before the end can overtake the result, and the job then seems to run for ever. Here one update is
sent at a time, none for the last item, and the result waits for the one that is on its way.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

Json = dict[str, Any]

_PAUSE_SECONDS = 1.0
_LAST_SECONDS = 5.0
"""How long the result waits at most for an update that is on its way."""


class Progress:
    """The updates of one batch; made on the event loop, told from any thread."""

    def __init__(self, total: int, send: Callable[[Json], Awaitable[None]]) -> None:
        """Take the number of items, and what sends an update."""
        self._loop = asyncio.get_running_loop()
        self._send = send
        self._counts = {"done": 0, "failed": 0, "total": total}
        self._told = 0
        self._sending: asyncio.Future[None] | None = None
        self._timer = self._loop.call_later(_PAUSE_SECONDS, self._tell)

    def finished(self, index: int, result: Json) -> None:
        """Count an item; the next update tells of it."""
        del index
        self._loop.call_soon_threadsafe(self._count, result["success"])

    async def close(self) -> None:
        """Send no more, and wait for the update that is on its way."""
        self._timer.cancel()
        if self._sending and not self._sending.done():
            await asyncio.wait({self._sending}, timeout=_LAST_SECONDS)
            self._sending.cancel()

    def _count(self, success: bool) -> None:  # noqa: FBT001 - called by the loop
        self._counts["done"] += 1
        self._counts["failed"] += not success

    def _tell(self) -> None:
        """Send what is new, unless another update is on its way or the end is near."""
        self._timer = self._loop.call_later(_PAUSE_SECONDS, self._tell)
        done, busy = self._counts["done"], self._sending and not self._sending.done()
        if not busy and self._told < done < self._counts["total"]:
            self._told = done
            self._sending = asyncio.ensure_future(self._send(dict(self._counts)))


async def send(event: Json, counts: Json) -> None:
    """Send an update as the SDK does, from the loop that is running."""
    from runpod import http_client
    from runpod.serverless.modules import rp_http

    session: Any = http_client.AsyncClientSession()  # type: ignore[no-untyped-call]
    async with session:
        await rp_http.send_result(  # type: ignore[no-untyped-call]
            session, {"status": "IN_PROGRESS", "output": counts}, event
        )
