"""What happens to the jobs, as it happens: server-sent events, as `EventSource` reads them."""

from __future__ import annotations

import asyncio
import json
from contextlib import aclosing
from typing import TYPE_CHECKING

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from image_worker.server.jobs import listed
from image_worker.telemetry.readiness import State

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator

    from image_worker.server.context import Context

_QUIET_SECONDS = 15
"""After so long without news a comment is sent, so that nobody takes the connection for dead."""
_LOOK_SECONDS = 1
"""How soon it is noticed that the server stops."""
_RECENT = 100


def router(context: Context) -> APIRouter:
    """Return the route."""
    routes = APIRouter(tags=["jobs"])

    @routes.get("/events", summary="What happens to the jobs")
    async def events() -> StreamingResponse:
        """Tell the last jobs, then each change: events `job`, whose data is a line of JSON."""
        lines = _lines(context)
        first = await anext(lines)  # whoever sees the answer begin misses nothing from then on
        return StreamingResponse(
            _continued(first, lines),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )

    return routes


async def _continued(first: bytes, lines: AsyncGenerator[bytes, None]) -> AsyncIterator[bytes]:
    async with aclosing(lines):
        yield first
        async for line in lines:
            yield line


async def _lines(context: Context) -> AsyncGenerator[bytes, None]:
    jobs, news = context.jobs, asyncio.Queue[bytes]()
    listening = asyncio.Event()

    async def follow() -> None:
        async with jobs.events() as changes:
            listening.set()
            async for job in changes:
                news.put_nowait(_event(json.dumps(listed(job))))

    following = asyncio.ensure_future(follow())
    following.add_done_callback(lambda _: listening.set())
    try:
        await listening.wait()
        recent = await jobs.recent(_RECENT)
        yield b"retry: 2000\n\n"
        for job in reversed(recent):
            yield _event(json.dumps(listed(job)))
        quiet = 0
        while not following.done() and context.readiness.state is not State.STOPPING:
            try:
                yield await asyncio.wait_for(news.get(), _LOOK_SECONDS)
                quiet = 0
            except TimeoutError:
                quiet += _LOOK_SECONDS
                if quiet >= _QUIET_SECONDS:
                    quiet = 0
                    yield b": still here\n\n"
    finally:
        following.cancel()


def _event(data: str) -> bytes:
    return f"event: job\ndata: {data}\n\n".encode()
