"""Processes that do files at the same time; the end of one costs the file in its hands only."""

from __future__ import annotations

import multiprocessing
import sys
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any

from image_worker.bulk.task import Done, Item
from image_worker.bulk.working import work
from image_worker.errors import DecoderCrashedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from image_worker.bulk.task import Task

_LEAST, _MOST, _AHEAD_SECONDS = 2, 32, 0.4
"""Files that a process has in hand: the one it works on, the next so that it never waits, and as
many quick ones as take that long, as this process may be kept waiting by others."""
_WEIGHT = 8
"""How many files the estimate of their time goes back, roughly."""
_TRIES = 2
"""How often a file may end a process before it counts as failed."""


@dataclass
class _Process:
    handle: Any
    connection: Connection[Any, Any]
    hand: deque[Item] = field(default_factory=deque)


class Pool:
    """Processes that all do the same task.

    They are forked on Linux, from a process that never touches a pixel, and started afresh
    elsewhere.
    """

    def __init__(self, task: Task, count: int) -> None:
        """Start that many."""
        self._context: Any = multiprocessing.get_context(
            "fork" if sys.platform == "linux" else "spawn"
        )
        self._task = task
        self._processes: list[_Process] = []
        self._again: deque[Item] = deque()
        self._tries: dict[str, int] = {}
        self._seconds = _AHEAD_SECONDS
        for _ in range(count):
            self._processes.append(_Process(*self._start()))

    def _start(self) -> tuple[Any, Connection[Any, Any]]:
        """Return a new process, and our end of the connection to it."""
        ours, theirs = self._context.Pipe()
        others = ()
        if self._context.get_start_method() == "fork":  # it has the ends of all others too
            known = (one.connection for one in self._processes)
            others = (ours, *(one for one in known if not one.closed))
        handle = self._context.Process(target=work, args=(self._task, theirs, others), daemon=True)
        handle.start()
        theirs.close()
        return handle, ours

    def run(self, items: Iterable[Item], stopped: Callable[[], bool]) -> Iterator[Done]:
        """Yield what came of each item, as it comes; what is in hand is finished when stopped."""
        rest = iter(items)
        for process in self._processes:
            self._hand(process, rest, stopped)
        while busy := {one.connection: one for one in self._processes if one.hand}:
            for ready in wait(list(busy)):
                process = busy[ready]  # type: ignore[index]  # what is waited for are the keys
                try:
                    done: Done = process.connection.recv()
                    process.hand.popleft()
                except (EOFError, OSError):
                    yield from self._ended(process)
                else:
                    self._seconds += (done.seconds - self._seconds) / _WEIGHT
                    yield done
                self._hand(process, rest, stopped)

    def _hand(self, process: _Process, rest: Iterator[Item], stopped: Callable[[], bool]) -> None:
        ahead = int(_AHEAD_SECONDS / max(self._seconds, _AHEAD_SECONDS / _MOST))
        while len(process.hand) < max(_LEAST, ahead) and not stopped():
            item = self._again.popleft() if self._again else next(rest, None)
            if item is None:
                return
            process.hand.append(item)
            with suppress(OSError):  # it has ended, which the next look at it tells
                process.connection.send(item)

    def _ended(self, process: _Process) -> Iterator[Done]:
        """Start another process in its place; what it worked on gets a second try."""
        suspect, *others = process.hand
        self._again.extend(others)
        tries = self._tries[suspect.input] = self._tries.get(suspect.input, 0) + 1
        if tries < _TRIES:
            self._again.append(suspect)
        else:
            error = DecoderCrashedError("the picture made the process that worked it end, twice")
            yield Done(suspect, code=error.code, error=error.message)
        process.hand.clear()
        process.connection.close()
        process.handle.join()
        process.handle, process.connection = self._start()

    def close(self, *, now: bool = False) -> None:
        """Let the processes end; `now` ends them in the middle of a file."""
        for one in self._processes:
            one.connection.close()
            if now:
                one.handle.kill()
        for one in self._processes:
            one.handle.join()
        self._processes.clear()
