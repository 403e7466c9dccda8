"""Results in memory, up to a number of bytes, and in a store behind it."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from contextlib import nullcontext
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from image_worker.cache.shelf import Shelf
from image_worker.cancel import Cancel
from image_worker.errors import JobCancelledError, OverloadedError

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

Value = TypeVar("Value")

_OF_THE_MAKER = (JobCancelledError, OverloadedError)
"""Errors that say nothing of the value: another caller may still get it made."""


class Store(Protocol[Value]):
    """Keeps values for longer than a process lives. None of its failures is ever raised."""

    def turn(self, key: str, cancel: Cancel) -> AbstractContextManager[None]:
        """Keep other processes from making this value inside of the block.

        Raises a `JobCancelledError` while it waits for another one's turn to end.
        """
        ...

    def get(self, key: str) -> Value | None:
        """Return the value, if it is there and whole."""
        ...

    def put(self, key: str, value: Value) -> None:
        """Keep the value, if that is possible."""
        ...


class Cache(Generic[Value]):
    """The most recently used values, and those that are being made right now.

    Safe to use from many threads. Callers who ask for the same key at once wait for one of them
    to make the value; where making it fails, each of them gets the same error. Only where the
    maker was called off or refused, another of them makes it.
    """

    def __init__(
        self, max_bytes: int, size: Callable[[Value], int], store: Store[Value] | None = None
    ) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._shelf: Shelf[Value] = Shelf(max_bytes, size)
        self._making: dict[str, Future[Value]] = {}
        self.hits = 0
        self.misses = 0
        self.stored_hits = 0
        """Those hits that came from the store."""

    def __len__(self) -> int:
        """Return how many values are kept in memory."""
        return len(self._shelf)

    @property
    def bytes(self) -> int:
        """Bytes of the values that are kept in memory."""
        return self._shelf.bytes

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
                kept = None if refresh else self._shelf.get(key)
                if kept is not None:
                    self.hits += 1
                    return kept, True
                waiting = None if refresh else self._making.get(key)
                if waiting is None:
                    made = self._making[key] = Future()
            if waiting is None:
                return self._make(key, make, made, refresh=refresh, cancel=cancel or Cancel())
            _wait(waiting, cancel or Cancel())
            if not isinstance(waiting.exception(), _OF_THE_MAKER):
                value = waiting.result()
                with self._lock:
                    self.hits += 1
                return value, True

    def _make(
        self,
        key: str,
        make: Callable[[], Value],
        made: Future[Value],
        *,
        refresh: bool,
        cancel: Cancel,
    ) -> tuple[Value, bool]:
        try:
            value, stored = self._fetched_or_made(key, make, refresh=refresh, cancel=cancel)
        except BaseException as error:
            with self._lock:
                self.misses += 1
                self._done(key, made)
            made.set_exception(error)
            raise
        with self._lock:
            self.hits += stored
            self.stored_hits += stored
            self.misses += not stored
            self._done(key, made)
            self._shelf.put(key, value)
        made.set_result(value)
        return value, stored

    def _fetched_or_made(
        self, key: str, make: Callable[[], Value], *, refresh: bool, cancel: Cancel
    ) -> tuple[Value, bool]:
        """Return the value of the store and True, or a new one and False."""
        store = self._store
        if store is None:
            return make(), False
        stored = None if refresh else store.get(key)
        if stored is not None:
            return stored, True
        with nullcontext() if refresh else store.turn(key, cancel):
            stored = None if refresh else store.get(key)  # another process may just have made it
            if stored is not None:
                return stored, True
            value = make()
            store.put(key, value)
            return value, False

    def _done(self, key: str, made: Future[Value]) -> None:
        if self._making.get(key) is made:  # else a refresh has begun since
            del self._making[key]


def _wait(made: Future[Value], cancel: Cancel) -> None:
    """Wait until the value is made or failed; raises a `JobCancelledError`."""
    woken = threading.Event()
    made.add_done_callback(lambda _: woken.set())
    with cancel.listening(woken.set):
        woken.wait()
    cancel.check()
