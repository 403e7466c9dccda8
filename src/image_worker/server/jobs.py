"""The job API of a RunPod endpoint, at the root and below `/v2/ENDPOINT/` for any endpoint."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from fastapi import APIRouter, Query, Request, Response

from image_worker.errors import UnknownJobError
from image_worker.queue import new_id
from image_worker.server import shapes
from image_worker.server.body import read_body
from image_worker.server.orders import read_order
from image_worker.server.tracing import carried

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from image_worker.queue import Job
    from image_worker.queue import Request as Order
    from image_worker.server.context import Context

Json = dict[str, Any]
Found = TypeVar("Found")

_JSON = "application/json"

Entry = tuple[str, "Callable[..., Any]", str]
"""Path, what answers, and what the documentation calls it."""

Wait = Annotated[int, Query(ge=0, le=300_000, description="Milliseconds to wait at most.")]
Limit = Annotated[int, Query(ge=1, le=1000, description="How many jobs.")]


def router(context: Context) -> APIRouter:
    """Return the routes; polls are answered to GET and POST, since clients use both."""
    api = JobApi(context)
    routes = APIRouter(tags=["jobs"])
    for path, answer, words in (
        ("/run", api.run, "Put a job into the queue"),
        ("/runsync", api.runsync, "Do a job and wait for it"),
    ):
        routes.add_api_route(
            path,
            answer,
            methods=["POST"],
            summary=words,
            responses=shapes.JOB_STATE,
            openapi_extra=shapes.ORDER,
        )
    changes: tuple[Entry, ...] = (
        ("/cancel/{job_id}", api.cancel, "Call a job off"),
        ("/retry/{job_id}", api.retry, "Run a failed job again"),
        ("/purge-queue", api.purge_queue, "Call off everything that waits"),
    )
    polls: tuple[Entry, ...] = (
        ("/status/{job_id}", api.status, "Where a job stands"),
        ("/status-sync/{job_id}", api.status_sync, "Wait for the end of a job"),
        ("/stream/{job_id}", api.stream, "The results of a job as they come"),
        ("/health", api.health, "How many jobs and workers there are"),
        ("/requests", api.requests, "The last jobs"),
    )
    for path, answer, words in changes:
        routes.add_api_route(
            path, answer, methods=["POST"], summary=words, responses=_answers(path)
        )
    for path, answer, words in polls:
        routes.add_api_route(path, answer, methods=["GET"], summary=words, responses=_answers(path))
        routes.add_api_route(path, answer, methods=["POST"], include_in_schema=False)
    return routes


def _answers(path: str) -> dict[int | str, Json]:
    return shapes.JOB_STATE if path.endswith("{job_id}") else {}


class JobApi:
    """What each route answers."""

    def __init__(self, context: Context) -> None:
        self._jobs = context.jobs
        self._options = context.options
        self._drained = context.drained

    async def run(self, request: Request) -> Json:
        """Accept a job: `{"input": ...}`, with `webhook`, `policy` and `s3Config` if wanted.

        The answer is its id, at once; `/status` tells what became of it, for half an hour after
        its end.
        """
        order = await self._order(request, self._options.run_bytes)
        return {"id": await self._submit(order, new_id()), "status": "IN_QUEUE"}

    async def runsync(self, request: Request, wait: Wait = 90_000) -> Response:
        """Accept a job and answer its result, or where it stands after `wait`."""
        order = await self._order(request, self._options.runsync_bytes)
        job_id = new_id(sync=True)
        async with self._jobs.ending(job_id) as ending:
            await self._submit(order, job_id)
            return _told(await self._held(ending.reached, wait), job_id)

    async def status(self, job_id: str) -> Response:
        """Tell where a job stands, and its result once it has one."""
        return _told(await self._jobs.status(job_id), job_id)

    async def status_sync(self, job_id: str, wait: Wait = 90_000) -> Response:
        """Tell the same once the job has ended, or where it stands after `wait`."""
        return _told(await self._waited(job_id, wait), job_id)

    async def stream(self, job_id: str, wait: Wait = 5_000) -> Response:
        """Hand out what a job has streamed since the last time: each item of a batch, once."""
        found = await self._held(lambda seconds: self._jobs.items(job_id, seconds), wait)
        if found is None:
            raise _unknown(job_id)
        job, items = found
        head = json.dumps({**job.head(), "stream": []}).encode()
        chunks = b", ".join(b'{"output": ' + item + b"}" for item in items)
        return Response(head[:-2] + chunks + b"]}", media_type=_JSON)

    async def cancel(self, job_id: str) -> Json:
        """End a job that waits or runs; native work stops within a fraction of a second."""
        return _short(await self._jobs.cancel(job_id), job_id)

    async def retry(self, job_id: str) -> Json:
        """Put a job that failed or took too long into the queue again, under the same id."""
        return _short(await self._jobs.retry(job_id), job_id)

    async def purge_queue(self) -> Json:
        """Cancel every job that has not begun."""
        return {"removed": await self._jobs.purge(), "status": "completed"}

    async def health(self) -> Json:
        """Count jobs by state, and workers."""
        counts = await self._jobs.health()
        busy = bool(counts.in_progress)
        return {
            "jobs": {
                "completed": counts.completed,
                "failed": counts.failed,
                "inProgress": counts.in_progress,
                "inQueue": counts.in_queue,
                "retried": counts.retried,
            },
            "workers": {
                "idle": 0 if busy else counts.workers,
                "initializing": 0,
                "ready": counts.workers,
                "running": counts.workers if busy else 0,
                "throttled": 0,
                "unhealthy": 0,
            },
        }

    async def requests(self, limit: Limit = 100) -> Json:
        """List the last jobs, newest first, without their results."""
        return {"requests": [listed(job) for job in await self._jobs.recent(limit)]}

    async def _waited(self, job_id: str, wait: int) -> Job | None:
        return await self._held(lambda seconds: self._jobs.wait(job_id, seconds), wait)

    async def _held(self, ask: Callable[[float], Awaitable[Found]], wait: int) -> Found:
        """Return what `ask` finds, which may take so long; nobody waits for a server that ends."""
        asking = asyncio.ensure_future(ask(wait / 1000))
        ending = asyncio.ensure_future(self._drained.wait())
        try:
            await asyncio.wait({asking, ending}, return_when=asyncio.FIRST_COMPLETED)
            return await asking if asking.done() else await ask(0)
        finally:
            asking.cancel()
            ending.cancel()

    async def _order(self, request: Request, most: int) -> Order:
        return read_order(await read_body(request, most, self._options.body_seconds))

    async def _submit(self, order: Order, job_id: str) -> str:
        return await self._jobs.submit(
            order.body, job_id=job_id, policy=order.policy, webhook=order.webhook, extra=carried()
        )


def listed(job: Job) -> Json:
    """Return what a list says of a job."""
    return {**job.head(), "createdAt": round(job.created * 1000)}


def _told(job: Job | None, job_id: str) -> Response:
    if job is None:
        raise _unknown(job_id)
    return Response(job.json(), media_type=_JSON)


def _short(job: Job | None, job_id: str) -> Json:
    if job is None:
        raise _unknown(job_id)
    return {"id": job.id, "status": job.status.value}


def _unknown(job_id: str) -> UnknownJobError:
    return UnknownJobError(
        f"expected the id of a job whose result is still kept, got {job_id[:100]}"
    )
