"""Both sides of a queue in one process."""

from __future__ import annotations

import asyncio
import contextlib
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from image_worker.queue import Answer, Consumer, Jobs, Run, Store, Terms

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from image_worker.queue import Broker

    Handle = Callable[[Run], Awaitable[Answer]]

SHORT = Terms(lease_seconds=1, webhook_pause_seconds=0.1)
"""Times that a test can wait for."""

BOUND_SECONDS = 30


async def echo(run: Run) -> Answer:
    return Answer(output=run.body)


async def fail(run: Run) -> Answer:
    return Answer(error="it does not work", output=b'"why"')


@dataclass
class Held:
    """A handler that keeps its jobs until it is told to answer."""

    begun: asyncio.Queue[Run] = field(default_factory=asyncio.Queue)
    told_to_stop: asyncio.Event = field(default_factory=asyncio.Event)
    go: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, run: Run) -> Answer:
        await self.begun.put(run)
        try:
            await self.go.wait()
        except asyncio.CancelledError:
            self.told_to_stop.set()
            raise
        return Answer(output=run.body)


@asynccontextmanager
async def connected(broker: Broker, terms: Terms = SHORT) -> AsyncIterator[Store]:
    store = await Store.connect(broker.url, terms)
    try:
        yield store
    finally:
        await store.close()


@asynccontextmanager
async def working(
    store: Store, handle: Handle, *, slots: int = 2, name: str | None = None
) -> AsyncIterator[Consumer]:
    consumer = Consumer(store, handle, slots=slots, name=name)
    async with background(consumer.run()):
        yield consumer


@asynccontextmanager
async def background(work: Awaitable[object]) -> AsyncIterator[None]:
    task = asyncio.ensure_future(work)
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


@asynccontextmanager
async def playing(
    broker: Broker, handle: Handle = echo, terms: Terms = SHORT
) -> AsyncIterator[Jobs]:
    async with connected(broker, terms) as store, working(store, handle):
        yield Jobs(store)


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Return once the condition holds."""
    async with asyncio.timeout(BOUND_SECONDS):
        while not await condition():  # noqa: ASYNC110 - the condition is in another process
            await asyncio.sleep(0.01)
