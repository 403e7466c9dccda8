"""Putting the requests of batches into the queue, a few at a time.

Whoever else uses the queue so finds room in it. Nothing is remembered between two looks but what
the broker knows, so another server, or this one after a restart, goes on where one was killed; a
request that is put into the queue twice is one job.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from typing import TYPE_CHECKING, Final

from image_worker.errors import ImageWorkerError, QueueFullError
from image_worker.queue import layout
from image_worker.queue.batch import Stage
from image_worker.queue.batches import Batches
from image_worker.queue.inbox import wanted
from image_worker.queue.store import UNANSWERED
from image_worker.queue.terms import BATCH_PREFIX
from image_worker.queue.watching import Watch

if TYPE_CHECKING:
    from image_worker.queue.batch import Batch
    from image_worker.queue.jobs import Jobs
    from image_worker.queue.store import Store

log = logging.getLogger(__name__)

_WINDOW: Final = 32
"""Requests of a batch that wait or run at the same time."""
_REST_SECONDS: Final = 60
"""So often one looks whether there is a batch of which nobody told."""
_PAUSE_SECONDS: Final = 1


class Feeder:
    """Works the batches that are finalized, one after the other."""

    def __init__(self, store: Store, jobs: Jobs) -> None:
        self._store = store
        self._batches = Batches(store, jobs)

    async def run(self) -> None:
        """Work until this is cancelled."""
        while wanted():
            try:
                async with Watch(self._store, layout.batched()) as news:
                    while wanted():
                        for batch in reversed(await self._batches.all()):
                            await self._feed(batch)
                        with contextlib.suppress(TimeoutError):
                            await asyncio.wait_for(news.next(), _REST_SECONDS)
            except (*UNANSWERED, ImageWorkerError) as error:
                log.warning("batches are left for another try: %r", error)
                await asyncio.sleep(_PAUSE_SECONDS)

    async def _feed(self, batch: Batch) -> None:
        """Have a batch worked to its end, or until it is cancelled."""
        if batch.stage is not Stage.FINALIZED or batch.counts is not None:
            return
        left, sent = list(batch.requests), dict[str, float]()
        async with Watch(self._store, layout.changed(), layout.batched(batch.id)) as changes:
            while left:
                front, later = left[:_WINDOW], left[_WINDOW:]
                waiting = await self._fed(batch, front, sent)
                if waiting == front and await _cancelled(changes):
                    batch = await self._batches.find(batch.id)
                    if batch.stage is not Stage.FINALIZED:
                        await self._batches.recall(batch)
                        return
                left = waiting + later
        await self._batches.finish(await self._batches.find(batch.id))

    async def _fed(self, batch: Batch, ids: list[str], sent: dict[str, float]) -> list[str]:
        """Put into the queue what was never there, and return what has not ended."""
        records = await self._batches.records(ids)
        ended = {one for one, record in records.items() if record.status.final or record.gone}
        for request_id in ids:
            if request_id in records or sent.get(request_id, 0) > time.time():
                continue
            try:
                deadline = await self._batches.submit(batch, request_id)
            except QueueFullError:
                await asyncio.sleep(_PAUSE_SECONDS)
                break
            if deadline is None:
                log.error("batch %s: request %s is no longer kept", batch.id, request_id)
                ended.add(request_id)
            else:
                sent[request_id] = deadline
        return [one for one in ids if one not in ended]


async def _cancelled(changes: Watch) -> bool:
    """Return once a request has begun or ended, or True once it is worth looking at the batch."""
    ours = f"image.changed.{BATCH_PREFIX}"
    while told := await changes.told(time.monotonic() + _REST_SECONDS):
        if told.subject.startswith(ours):
            return False
        if not told.subject.startswith("image.changed."):
            return True
    return True
