"""From the queue to the worker: each job in a thread, its news to those who listen."""

from __future__ import annotations

import asyncio
from contextvars import copy_context
from typing import TYPE_CHECKING, Any

from pydantic_core import from_json

from image_worker.cancel import Cancel
from image_worker.queue import Answer
from image_worker.runpod_worker.bridge import unless_cancelled
from image_worker.runpod_worker.watch import Watch
from image_worker.server.tracing import continued
from image_worker.strict_json import written

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor, Future

    from image_worker.queue import Run
    from image_worker.runpod_worker.service import Service
    from image_worker.telemetry.facts import Facts

Json = dict[str, Any]

_OF_THE_WORKER = ("input", "s3Config")
"""What of an order concerns whoever works it; the queue has acted on the rest."""


class Handler:
    """Does a job as RunPod's worker does it."""

    def __init__(self, service: Service, pool: Executor, told: Callable[[Facts], None]) -> None:
        """Take what does the jobs, the threads for it, and who is told of those that are done."""
        self._service = service
        self._pool = pool
        self._told = told

    async def __call__(self, run: Run) -> Answer:
        """Do the job; cancelling calls it off."""
        order = from_json(run.body)
        event = {name: order[name] for name in _OF_THE_WORKER if name in order} | {"id": run.id}
        cancel, items = Cancel(), _Items(run)
        watch = Watch(items.send, self._told)
        with continued(run.extra):
            inside = copy_context()
        done = asyncio.get_running_loop().run_in_executor(
            self._pool, inside.run, self._service.answer, event, cancel, watch
        )
        answer = await unless_cancelled(done, cancel)
        await items.sent()
        error = answer.pop("error", None)
        return Answer(output=written(answer), error=error)


class _Items:
    """Streams the items of a batch, in the order in which they are done."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._loop = asyncio.get_running_loop()
        self._sent: list[Future[None]] = []

    def send(self, index: int, result: Json) -> None:
        """Stream an item; called by the threads that do the work."""
        body = written({"index": index, "result": result})
        self._sent.append(asyncio.run_coroutine_threadsafe(self._run.item(body), self._loop))

    async def sent(self) -> None:
        """Wait until all are with the broker: nothing follows the end of the job."""
        await asyncio.gather(*map(asyncio.wrap_future, self._sent), return_exceptions=True)
