"""Calling work off."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from image_worker.errors import JobCancelledError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Cancel:
    """Tells whoever does a piece of work that nobody wants it any more.

    One side calls `cancel`, from any thread; the other asks with `check` between two steps, or is
    `listening` while it waits for something that can be stopped.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._stops: list[Callable[[], None]] = []
        self._cancelled = False

    @property
    def cancelled(self) -> bool:
        """Whether the work was called off."""
        return self._cancelled

    def cancel(self) -> None:
        """Call the work off, for good."""
        with self._lock:
            self._cancelled = True
            stops, self._stops = self._stops, []
            for stop in stops:
                stop()

    def check(self) -> None:
        """Raise a `JobCancelledError` if the work was called off."""
        if self._cancelled:
            raise JobCancelledError("the job was cancelled")

    @contextmanager
    def listening(self, stop: Callable[[], None]) -> Iterator[None]:
        """Have `stop` called once if the work is called off inside of the block, never after it.

        It is called by whoever cancels, and must neither take long nor wait for anybody. Raises a
        `JobCancelledError` at once if the work was called off before.
        """
        with self._lock:
            self.check()
            self._stops.append(stop)
        try:
            yield
        finally:
            with self._lock:
                if stop in self._stops:
                    self._stops.remove(stop)
