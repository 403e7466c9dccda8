"""Ends the worker as soon as its running jobs have ended.

Asked to stop, RunPod's SDK finishes what it has, but then waits until the requests in which it asks
for jobs are answered: up to 90 seconds, and longer than anybody waits before the kill. Here those
requests are given up: the one for jobs at once, the one for cancelled jobs when no job runs.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from types import FrameType

    Fetch = Callable[..., Coroutine[Any, Any, Any]]

_SIGNALS = (signal.SIGTERM, signal.SIGINT)
_LAST_SECONDS = 0.5
"""How long an answer to the last request for jobs may take: one that is on its way is not lost."""
_LOOK_SECONDS = 0.1
_EXPECTED = (
    "current_occupancy", "jobs_fetcher", "kill_worker", "stop_job", "stop_signals_fetcher",
)  # fmt: skip
"""What is used of the SDK's loop."""


def leave_at_once() -> None:
    """End on a signal that comes before there are any jobs; the first process needs to be told."""
    for number in _SIGNALS:
        signal.signal(number, _leave)


def _leave(number: int, frame: FrameType | None) -> NoReturn:
    del number, frame
    sys.exit(0)


class Drain:
    """What happens between the signal and the end."""

    def __init__(self, begun: Callable[[], None]) -> None:
        """Take what is to be called when the signal comes."""
        self._begun = begun
        self._asked = asyncio.Event()
        self._ending = asyncio.Event()
        self._scaler: Any = None

    def attach(self) -> None:
        """Stand between the SDK and its requests; to be called on its loop, before the first one.

        An SDK that works in another way than the one we know is left alone.
        """
        scaler: Any = getattr(signal.getsignal(signal.SIGTERM), "__self__", None)
        if not all(hasattr(scaler, name) for name in _EXPECTED):
            return
        self._scaler, loop = scaler, asyncio.get_running_loop()
        scaler.jobs_fetcher = self._taking(scaler.jobs_fetcher)
        scaler.stop_signals_fetcher = self._listening(scaler.stop_signals_fetcher)

        def stop(number: int, frame: FrameType | None) -> None:
            del number, frame
            self._begun()
            loop.call_soon_threadsafe(self._asked.set)

        for number in _SIGNALS:
            signal.signal(number, stop)

    def _taking(self, fetch: Fetch) -> Fetch:
        """Have no more jobs asked for.

        The SDK is told only then: a job that it got later would wait in its queue for ever.
        """

        async def take(*arguments: Any) -> Any:
            jobs = None
            if not self._asked.is_set():
                jobs = await _unless(self._soon(), fetch(*arguments))
            if self._asked.is_set() and not jobs:
                self._scaler.kill_worker()
                self._ending.set()
            return jobs

        return take

    def _listening(self, fetch: Fetch) -> Fetch:
        """Have it heard which jobs are cancelled as long as there are any."""

        async def listen(*arguments: Any) -> Any:
            while names := await _unless(self._idle(), fetch(*arguments)):
                if not self._ending.is_set():
                    return names
                for name in names:
                    await self._scaler.stop_job(name)
            if self._ending.is_set():
                raise TimeoutError  # else the SDK pauses for a second
            return []

        return listen

    async def _soon(self) -> None:
        await self._asked.wait()
        await asyncio.sleep(_LAST_SECONDS)

    async def _idle(self) -> None:
        """Wait until the worker is to end and has no job any more."""
        await self._ending.wait()
        while self._scaler.current_occupancy():  # noqa: ASYNC110 - the SDK has no event for it
            await asyncio.sleep(_LOOK_SECONDS)


async def _unless(over: Coroutine[Any, Any, Any], work: Coroutine[Any, Any, Any]) -> Any:
    """Return the result of the work, or nothing if the other thing happens before."""
    tasks = [asyncio.ensure_future(work), asyncio.ensure_future(over)]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        return tasks[0].result() if tasks[0].done() else None
    finally:
        for task in tasks:
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks, return_exceptions=True)
