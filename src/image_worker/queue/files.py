"""Large payloads as files beside the embedded broker's own.

Through the broker a payload of a megabyte costs ten milliseconds of CPU on its way in and out; as
a file of the page cache it costs one. Like the broker's data a file outlives its writer's sudden
end at once, and reaches the disk about a second later.
"""

from __future__ import annotations

import contextlib
import os
import queue
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Final

from image_worker.errors import QueueUnavailableError

if TYPE_CHECKING:
    from pathlib import Path

_RESERVED_BYTES: Final = 64 * 1024 * 1024
_RESERVED_SHARE: Final = 0.1
"""So much of the disk, or this share of a small one, is kept for the ends of accepted jobs."""
_ENOUGH: Final = 0.25
"""Share of that below which the broker may fail to write."""
_SWEEP_SECONDS: Final = 60
"""How often files are deleted whose time is over."""
_LOOK_SECONDS: Final = 0.2
_UNFINISHED: Final = ".new"


class Files:
    """A folder of payloads, each of which is forgotten when its time is over.

    The time of a file stands where its time of change usually does.
    """

    def __init__(self, directory: Path, sync_seconds: float = 1) -> None:
        """Take the folder, and after how long a file must be on the disk."""
        self._directory = directory
        self._sync_seconds = sync_seconds
        self.starved = threading.Event()
        """Set when the broker could not write: it then takes nothing until it is started again."""
        self._written: queue.SimpleQueue[tuple[float, Path]] = queue.SimpleQueue()
        self._closing = threading.Event()
        self._keeper = threading.Thread(target=self._keep, name="payloads", daemon=True)

    def open(self) -> None:
        """Make the folder, and begin to look after it."""
        self._directory.mkdir(exist_ok=True, mode=0o700)
        for left in self._directory.glob(f"*{_UNFINISHED}"):
            left.unlink(missing_ok=True)  # its writer was killed
        self.sweep()
        self._keeper.start()

    def close(self) -> None:
        """Look after it no longer."""
        self._closing.set()
        if self._keeper.is_alive():
            self._keeper.join()

    @property
    def has_room(self) -> bool:
        """Whether the disk has room for more jobs."""
        return self._left() > 1

    @property
    def has_reserve(self) -> bool:
        """Whether it has enough for the ends of those that were accepted."""
        return self._left() > _ENOUGH

    def _left(self) -> float:
        """Return what is left of the disk, as a share of what is reserved."""
        disk = os.statvfs(self._directory)
        reserved = min(_RESERVED_BYTES, disk.f_blocks * disk.f_frsize * _RESERVED_SHARE)
        return disk.f_bavail * disk.f_frsize / reserved

    def put(self, key: str, body: bytes, seconds: float) -> None:
        """Keep a payload for so long; the same key replaces it.

        Raises:
            QueueUnavailableError: It cannot be written; the disk may be full.
        """
        path = self._directory / key
        unfinished = path.with_name(f"{key}{_UNFINISHED}")
        expires = time.time() + seconds
        try:
            unfinished.write_bytes(body)
            os.utime(unfinished, (expires, expires))
            unfinished.replace(path)
        except OSError as error:
            with contextlib.suppress(OSError):
                unfinished.unlink(missing_ok=True)
            raise QueueUnavailableError(
                f"the queue cannot keep the payload of a job: {error.strerror}"
            ) from error
        self._written.put((time.monotonic() + self._sync_seconds, path))

    def get(self, key: str) -> bytes | None:
        """Return a payload; None if it is no longer kept."""
        try:
            return (self._directory / key).read_bytes()
        except FileNotFoundError:
            return None

    def drop(self, key: str) -> None:
        """Forget a payload."""
        (self._directory / key).unlink(missing_ok=True)

    def sweep(self) -> None:
        """Delete everything whose time is over."""
        now = time.time()
        for path in self._directory.iterdir():
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_mtime < now and path.suffix != _UNFINISHED:
                    path.unlink()

    def _keep(self) -> None:
        """Write files to the disk that are still wanted by then, and sweep now and then."""
        waiting: deque[tuple[float, Path]] = deque()
        swept = time.monotonic()
        while not self._closing.wait(_LOOK_SECONDS):
            with contextlib.suppress(queue.Empty):
                while True:
                    waiting.append(self._written.get_nowait())
            while waiting and waiting[0][0] <= time.monotonic():
                _flush(waiting.popleft()[1])
            if time.monotonic() - swept > _SWEEP_SECONDS:
                with contextlib.suppress(OSError):
                    self.sweep()
                swept = time.monotonic()


def _flush(path: Path) -> None:
    """Have a file written to the disk, unless it is gone already, as most are."""
    for each in (path, path.parent):
        try:
            descriptor = os.open(each, os.O_RDONLY)
        except OSError:
            return
        try:
            os.fsync(descriptor)
        except OSError:
            return
        finally:
            os.close(descriptor)
