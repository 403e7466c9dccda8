"""Between the SDK's event loop and the threads that do the jobs."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any

from image_worker.cancel import Cancel
from image_worker.runpod_worker import answers, progress
from image_worker.runpod_worker.watch import Watch

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from image_worker.runpod_worker.making import Maker
    from image_worker.telemetry.facts import Facts

Json = dict[str, Any]

_LEAVE_SECONDS = 5.0
"""How long a thread may take to notice that its job was called off."""


class Bridge:
    """Does each job in a thread, and calls it off when the SDK does."""

    def __init__(
        self,
        maker: Maker,
        threads: int,
        told: Callable[[Facts], None],
        *,
        progress: bool = True,
    ) -> None:
        """Take what makes the service, how many jobs there are at most at once, and who is told.

        `progress` tells whether the platform wants to hear how far a batch is.
        """
        self._maker = maker
        self._told = told
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="job")
        self._progress = progress

    def prepare(self, work: Callable[[], object]) -> None:
        """Do something in a thread, so that the first job need not wait for it."""
        self._pool.submit(work)

    def close(self) -> None:
        """End the threads."""
        self._pool.shutdown()

    async def handle(self, event: Json) -> Json:
        """Return the answer to a job; clients would be sent the traceback of any error."""
        try:
            return await self._handled(event)
        except Exception as error:  # noqa: BLE001 - see above
            return answers.told(error)

    async def _handled(self, event: Json) -> Json:
        cancel = Cancel()
        updates = self._updates(event)
        watch = Watch(updates.finished, self._told) if updates else Watch(end=self._told)
        work = partial(answers.answer, self._maker, event, cancel, watch)
        done = asyncio.get_running_loop().run_in_executor(self._pool, work)
        try:
            return await unless_cancelled(done, cancel)
        finally:
            if updates:
                await updates.close()

    async def stream(self, event: Json) -> AsyncIterator[Json]:
        """Yield each item of a batch as soon as it is done, or the one answer to a job."""
        cancel = Cancel()
        loop = asyncio.get_running_loop()
        ready: asyncio.Queue[Json | None] = asyncio.Queue()

        def work() -> None:
            for chunk in answers.chunks(self._maker, event, cancel, Watch(end=self._told)):
                loop.call_soon_threadsafe(ready.put_nowait, chunk)
            loop.call_soon_threadsafe(ready.put_nowait, None)

        done = loop.run_in_executor(self._pool, work)
        try:
            while (chunk := await ready.get()) is not None:
                yield chunk
        finally:
            if not done.done():
                cancel.cancel()
                await asyncio.wait({done}, timeout=_LEAVE_SECONDS)

    def _updates(self, event: Json) -> progress.Progress | None:
        job = event.get("input")
        images = job.get("images") if isinstance(job, dict) else None
        if not (self._progress and isinstance(images, list)):
            return None
        return progress.Progress(len(images), partial(progress.send, event))


async def unless_cancelled(done: asyncio.Future[Json], cancel: Cancel) -> Json:
    """Return the result; where the task is cancelled, call the work off, and let it leave."""
    try:
        return await asyncio.shield(done)
    except asyncio.CancelledError:
        cancel.cancel()
        await asyncio.wait({done}, timeout=_LEAVE_SECONDS)
        raise
