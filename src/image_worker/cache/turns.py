"""Taking turns with other processes, by locks on the bytes of one file.

Each key is a byte of the file, which has none: locks may lie behind its end. They go with their
process, however it ends.
"""

from __future__ import annotations

import importlib.util
import os
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

_CAN_LOCK = importlib.util.find_spec("fcntl") is not None
"""Windows has none: processes there may make a value twice."""

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from image_worker.cancel import Cancel

_LOOK_SECONDS = 0.02
"""How often it is looked whether the other process is done: the system wakes nobody who also
wants to be called off."""

_KEY_BITS = 60
"""Offsets in files have 63."""


class Turns:
    """One process's hold on the file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        # Never closed while the process lives: closing any descriptor of it gives up all locks.
        self._file: int | None = None

    @contextmanager
    def turn(self, key: str, cancel: Cancel) -> Iterator[None]:
        """Keep other processes from this key (hexadecimal digits) inside of the block.

        Where there can be no locks nobody is kept from anything. Raises a `JobCancelledError`.
        """
        file, place = self._opened(), int(key[: _KEY_BITS // 4], 16)
        locked = file is not None and _wait(file, place, cancel)
        try:
            yield
        finally:
            if file is not None and locked:
                _give_up(file, place)

    def _opened(self) -> int | None:
        if self._file is None and _CAN_LOCK:
            flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
            with suppress(OSError):
                self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._file = os.open(self._path, flags, 0o600)
        return self._file


def _wait(file: int, place: int, cancel: Cancel) -> bool:
    """Lock the byte; return whether that was possible."""
    called_off = threading.Event()
    with cancel.listening(called_off.set):
        while (locked := _lock(file, place)) is False:
            called_off.wait(_LOOK_SECONDS)
            cancel.check()
        return locked is True


def _lock(file: int, place: int) -> bool | None:
    """Lock the byte; return whether that went well, and None where it never will."""
    import fcntl  # noqa: PLC0415 - not on Windows

    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
    except (BlockingIOError, PermissionError):  # somebody has it
        return False
    except OSError:
        return None
    return True


def _give_up(file: int, place: int) -> None:
    import fcntl  # noqa: PLC0415 - not on Windows

    with suppress(OSError):
        fcntl.lockf(file, fcntl.LOCK_UN, 1, place)
