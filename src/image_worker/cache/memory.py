"""Results in memory, up to a number of bytes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from concurrent.futures import Future
from typing import TYPE_CHECKING, Generic, TypeVar

from image_worker.cancel import Cancel
from image_worker.errors import JobCancelledError, OverloadedError

if TYPE_CHECKING:
    from collections.abc import Callable

Value = TypeVar("Value")

_OF_THE_MAKER = (JobCancelledError, OverloadedError)
"""Errors that say nothing of the value: another caller may still get it made."""


class Cache(Generic[Value]):
    """The most recently used values, and those that are being made right now.

    Safe to use from many threads. Callers who ask for the same key at once wait for one of them
    to make the value; where making it fails, each of them gets the same error. Only where the
    maker was called off or refused, another of them makes it.
    """

    def __init__(self, max_bytes: int, size: Callable[[Value], int]) -> None:
        self._max_bytes = max_bytes
        self._size = size
        self._lock = threading.Lock()
        self._values: OrderedDict[str, Value] = OrderedDict()
        self._making: dict[str, Future[Value]] = {}
        self.bytes = 0
        self.hits = 0
        self.misses = 0

    def __len__(self) -> int:
        """Return how many values are kept."""
        return len(self._values)

    def get(
        self,
        key: str,
        make: Callable[[], Value],
        *,
        refresh: bool = False,
        cancel: Cancel | None = None,
    ) -> tuple[Value, bool]:
        """Return the value and whether it was there already; `refresh` makes it anew.

        Whoever waits for another's value stops waiting when `cancel` says so.
        """
        while True:
            with self._lock:
                if not refresh and key in self._values:
                    self._values.move_to_end(key)
                    self.hits += 1
                    return self._values[key], True
                waiting = None if refresh else self._making.get(key)
                if waiting is None:
                    self.misses += 1
                    made = self._making[key] = Future()
            if waiting is None:
                return self._make(key, make, made), False
            _wait(waiting, cancel or Cancel())
            if not isinstance(waiting.exception(), _OF_THE_MAKER):
                value = waiting.result()
                with self._lock:
                    self.hits += 1
                return value, True

    def _make(self, key: str, make: Callable[[], Value], made: Future[Value]) -> Value:
        try:
            value = make()
        except BaseException as error:
            with self._lock:
                self._done(key, made)
            made.set_exception(error)
            raise
        with self._lock:
            self._done(key, made)
            self._keep(key, value)
        made.set_result(value)
        return value

    def _done(self, key: str, made: Future[Value]) -> None:
        if self._making.get(key) is made:  # else a refresh has begun since
            del self._making[key]

    def _keep(self, key: str, value: Value) -> None:
        size = self._size(value)
        if size > self._max_bytes:
            return
        if key in self._values:
            self.bytes -= self._size(self._values.pop(key))
        self._values[key] = value
        self.bytes += size
        while self.bytes > self._max_bytes:
            self.bytes -= self._size(self._values.popitem(last=False)[1])


def _wait(made: Future[Value], cancel: Cancel) -> None:
    """Wait until the value is made or failed; raises a `JobCancelledError`."""
    woken = threading.Event()
    made.add_done_callback(lambda _: woken.set())
    with cancel.listening(woken.set):
        woken.wait()
    cancel.check()
