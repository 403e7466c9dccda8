"""An event loop on a thread of its own, started when it is first needed."""

from __future__ import annotations

import asyncio
import os
import selectors
import threading
import weakref
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Mapping

    from _typeshed import FileDescriptorLike

T = TypeVar("T")

LOOKUP_THREADS = 32
"""How many names are looked up at once; a slow name server holds up only one of them."""


class Background:
    """Runs coroutines for other threads.

    After a fork the child starts a thread of its own and leaves its parent's connections alone.
    """

    def __init__(self) -> None:
        """Prepare; nothing is started."""
        self._lock = threading.Lock()
        self._running: _Running | None = None
        _BACKGROUNDS.add(self)

    def submit(self, work: Callable[[], Coroutine[Any, Any, T]]) -> Future[T]:
        """Run `work()` on the loop and return its future; cancelling that cancels the work."""
        with self._lock:
            if self._running is None:
                self._running = _Running()
            return asyncio.run_coroutine_threadsafe(work(), self._running.loop)

    def stop(self, last: Callable[[], Awaitable[None]]) -> None:
        """Cancel all work, run `last()` on the loop and end the thread.

        A later `submit` starts a new one.
        """
        with self._lock:
            running, self._running = self._running, None
        if running is not None:
            running.stop(last)

    def forget(self) -> None:
        """Start afresh in a forked child."""
        self._lock = threading.Lock()
        if self._running is not None:
            self._running.abandon()
            # Were it freed here, it would shut connections that belong to the parent.
            _ABANDONED.append(self._running)
            self._running = None


class _Selector(selectors.DefaultSelector):
    """A selector that, once closed, knows no files; others complain when they are asked."""

    def get_map(self) -> Mapping[FileDescriptorLike, selectors.SelectorKey]:
        return super().get_map() or {}


class _Running:
    """A loop that runs, its thread and its threads for looking up names."""

    def __init__(self) -> None:
        self._selector = _Selector()
        self.loop = asyncio.SelectorEventLoop(self._selector)
        self._lookups = ThreadPoolExecutor(LOOKUP_THREADS, thread_name_prefix="outgoing-lookup")
        self.loop.set_default_executor(self._lookups)
        self._thread = threading.Thread(target=self._run, name="outgoing", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()
        self.loop.close()

    def stop(self, last: Callable[[], Awaitable[None]]) -> None:
        ended = asyncio.run_coroutine_threadsafe(self._wind_up(last), self.loop)
        ended.add_done_callback(lambda _: self.loop.call_soon_threadsafe(self.loop.stop))
        if threading.current_thread() is not self._thread:
            self._thread.join()
        self._lookups.shutdown(wait=False, cancel_futures=True)

    async def _wind_up(self, last: Callable[[], Awaitable[None]]) -> None:
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await last()

    def abandon(self) -> None:
        # The parent's epoll is shared with the child: closed here, it can no longer be changed.
        self._selector.close()
        # What the parent left open is no failure of the child's.
        self.loop.set_exception_handler(lambda _loop, _context: None)


_BACKGROUNDS: weakref.WeakSet[Background] = weakref.WeakSet()
_ABANDONED: list[_Running] = []


def _after_fork() -> None:
    for background in list(_BACKGROUNDS):
        background.forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
