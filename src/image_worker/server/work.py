"""Doing a job for a request, and calling it off when the caller is gone."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

from image_worker.cancel import Cancel

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor

    from starlette.requests import Request

Result = TypeVar("Result")


async def worked(request: Request, pool: Executor, work: Callable[[Cancel], Result]) -> Result:
    """Return what `work` returns, done by a thread; it is called off if the caller goes away.

    The body must have been read: what comes after it is only the news that nobody listens.
    """
    cancel = Cancel()
    done = asyncio.get_running_loop().run_in_executor(pool, work, cancel)
    gone: asyncio.Future[None] = asyncio.ensure_future(_gone(request))
    try:
        both: set[asyncio.Future[Any]] = {done, gone}
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    finally:
        gone.cancel()
        if not done.done():
            cancel.cancel()
    return await done


async def _gone(request: Request) -> None:
    message: dict[str, Any] = {}
    while message.get("type") != "http.disconnect":
        message = dict(await request.receive())
