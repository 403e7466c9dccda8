"""Who works, who waits and who is refused."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from image_worker.errors import OverloadedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from image_worker.cancel import Cancel

_FIRST_GUESS_SECONDS = 0.2
"""How long a job takes, before one was seen."""
_WEIGHT = 0.1
"""What the newest job counts in the running estimate."""
_MOST_PATIENCE = 2
"""How many times longer than expected an impatient job waits before it is refused after all."""


@dataclass(eq=False, slots=True)
class _Waiter:
    size: int
    woken: threading.Event = field(default_factory=threading.Event)
    began: float | None = None


class Gate:
    """Lets so many jobs work at once, in the order in which they came.

    How long the queue would take is estimated from how long jobs took. Where that is more than
    `queue_seconds`, or the sources that wait have more than `waiting_bytes`, impatient jobs are
    refused at once, and patient ones wait before they read their sources.
    """

    def __init__(self, places: int, queue_seconds: float, waiting_bytes: int) -> None:
        self._places = places
        self._queue_seconds = queue_seconds
        self._most_bytes = waiting_bytes
        self._changed = threading.Condition()
        self._working: set[_Waiter] = set()
        self._queue: deque[_Waiter] = deque()
        self._bytes = 0
        self._job_seconds = _FIRST_GUESS_SECONDS
        self.refused = 0

    @property
    def busy(self) -> int:
        """Jobs that work."""
        return len(self._working)

    @property
    def waiting(self) -> int:
        """Jobs that wait."""
        return len(self._queue)

    @property
    def waiting_bytes(self) -> int:
        """Bytes of the sources of those that wait."""
        return self._bytes

    @property
    def job_seconds(self) -> float:
        """How long a job takes."""
        return self._job_seconds

    def admit(self, cancel: Cancel, *, patient: bool) -> None:
        """Wait until there is room for more sources, or refuse."""
        if not patient:
            with self._changed:
                if self._is_full():
                    self._refuse_if_long(0)
            return
        with cancel.listening(self._wake), self._changed:
            self._changed.wait_for(lambda: cancel.cancelled or self._bytes < self._most_bytes)
        cancel.check()

    @contextmanager
    def turn(self, size: int, cancel: Cancel, *, patient: bool = True) -> Iterator[None]:
        """Wait for a turn, and hold it for the length of the block."""
        waiter = self._entered(size, patient=patient)
        try:
            if not waiter.began:
                self._wait(waiter, cancel, patient=patient)
            cancel.check()
            yield
        finally:
            self._leave(waiter)

    def _entered(self, size: int, *, patient: bool) -> _Waiter:
        waiter = _Waiter(size)
        with self._changed:
            if not self._is_full():
                self._begin(waiter)
                return waiter
            if not patient:
                self._refuse_if_long(size)
            self._queue.append(waiter)
            self._bytes += size
        return waiter

    def _wait(self, waiter: _Waiter, cancel: Cancel, *, patient: bool) -> None:
        with cancel.listening(waiter.woken.set):
            waiter.woken.wait(None if patient else self._patience())
        with self._changed:
            if not waiter.began and not cancel.cancelled:
                self._refuse()

    def _leave(self, waiter: _Waiter) -> None:
        with self._changed:
            if waiter.began:
                self._working.remove(waiter)
                spent = time.monotonic() - waiter.began
                self._job_seconds += _WEIGHT * (spent - self._job_seconds)
                while self._queue and len(self._working) < self._places:
                    self._begin(self._pop())
            else:
                self._queue.remove(waiter)
                self._freed(waiter)

    def _pop(self) -> _Waiter:
        waiter = self._queue.popleft()
        self._freed(waiter)
        return waiter

    def _freed(self, waiter: _Waiter) -> None:
        self._bytes -= waiter.size
        self._changed.notify_all()

    def _begin(self, waiter: _Waiter) -> None:
        waiter.began = time.monotonic()
        self._working.add(waiter)
        waiter.woken.set()

    def _is_full(self) -> bool:
        return bool(self._queue) or len(self._working) >= self._places

    def _refuse_if_long(self, size: int) -> None:
        """Refuse a job whose predecessors in the queue would take too long, or hold too much."""
        able = self._able()
        too_long = not able or len(self._queue) * self._job_seconds / able >= self._queue_seconds
        if too_long or (self._queue and self._bytes + size > self._most_bytes):
            self._refuse()

    def _refuse(self) -> None:
        self.refused += 1
        ahead = (len(self._queue) + len(self._working)) * self._job_seconds
        seconds = max(1, math.ceil(ahead / max(1, self._able())))
        raise OverloadedError(
            f"the worker has more to do than it can; try again in {seconds} s", retry_after=seconds
        )

    def _able(self) -> int:
        """Return how many places are likely to be free soon: one that hangs is not counted on."""
        since = time.monotonic() - self._patience()
        stuck = sum(waiter.began is not None and waiter.began < since for waiter in self._working)
        return self._places - stuck

    def _patience(self) -> float:
        return _MOST_PATIENCE * (self._queue_seconds + self._job_seconds)

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()
