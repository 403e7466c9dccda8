"""Values in files of one folder, up to a number of bytes, which several processes may share.

A file is written beside its place and then moved there, so that nobody sees a part of it, and holds
a digest of everything in it. Whatever is wrong with it or with the folder, the value is not there;
nothing is raised.
"""

from __future__ import annotations

import hashlib
import logging
import os
import stat
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from image_worker.cache.entry import pack, unpack

if TYPE_CHECKING:
    from collections.abc import Sequence

    from image_worker.cache.entry import Json

log = logging.getLogger(__name__)

_BLOCK_BYTES = 4096
"""What a file takes at least, and a multiple of which it takes."""

_SLACK = 8
"""Room is made down to this part below the limit, which is for what others write meanwhile."""

_UNSEEN = 64
"""The folder is looked through after this part of the limit was written by this process: up to
eight processes that write at once keep the limit, and each more goes beyond it by this part."""

_STALE_SECONDS = 3600
"""A file that is still being written after that belongs to a process that is gone."""

_PART = ".part"
_KEPT = ".kept"
_READ = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_WRITE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)


class Disk:
    """A folder of values by key, of which those that were used longest ago go first.

    Args:
        folder: Made where it is missing, for this user only. Whoever can write to it can put
            pictures of their own into answers.
        max_bytes: What the files may take on the disk together, about.
        edition: Whatever else values depend on, such as versions; those of another edition are
            not found.
    """

    def __init__(self, folder: Path, max_bytes: int, edition: str = "") -> None:
        self._folder = folder
        self._max_bytes = max_bytes
        self._edition = edition
        self._lock = threading.Lock()
        self._unseen = max_bytes  # the first file that is written has the folder looked through
        self._warned = False
        self.bytes = 0
        """What the files took when the folder was last looked through, and was written since."""
        self.damaged = 0
        """Files that were found damaged, and removed."""

    def read(self, key: str) -> tuple[Json, list[bytes]] | None:
        """Return the facts and blobs under the key, if they are there and whole."""
        name = self._name(key)
        try:
            file = _read(self._folder / name, self._max_bytes)
        except OSError:
            return None
        try:
            found = unpack(name, file)
        except Exception:  # noqa: BLE001 - its digest is right, and still it is not ours
            found = None
        if found is None:
            self.damaged += 1
            with suppress(OSError):
                (self._folder / name).unlink()
        return found

    def write(self, key: str, facts: Json, blobs: Sequence[bytes]) -> None:
        """Keep facts and blobs under the key, if that is possible."""
        name = self._name(key)
        try:
            file = pack(name, facts, blobs)
            if _taken(len(file)) > self._max_bytes // _SLACK:
                return
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._make_room(_taken(len(file)))
            _write(self._folder, name, file)
        except (OSError, TypeError, ValueError) as error:
            self._warn(error)

    def contents(self) -> tuple[int, int]:
        """Return how many files there are, of any edition, and the bytes that they take."""
        try:
            taken = [size for _, size, _ in _files(self._folder)]
        except OSError:
            return 0, 0
        return len(taken), sum(taken)

    def clear(self) -> tuple[int, int]:
        """Remove all files; return how many there were, and the bytes that they took.

        Raises OSError where one cannot be removed.
        """
        files = _files(self._folder) if self._folder.is_dir() else []
        for _, _, name in files:
            (self._folder / name).unlink(missing_ok=True)
        return len(files), sum(size for _, size, _ in files)

    def _name(self, key: str) -> str:
        """Return the name of a key's file, which is another one in another edition."""
        return hashlib.sha256(f"{self._edition}\n{key}".encode()).hexdigest() + _KEPT

    def _make_room(self, size: int) -> None:
        """Count what will be written; once in a while, look whether the oldest must go."""
        with self._lock:
            self._unseen += size
            self.bytes += size
            if self._unseen < self._max_bytes // _UNSEEN and self.bytes <= self._max_bytes:
                return
            self._unseen = 0
            files = sorted(_files(self._folder))
            self.bytes = size + sum(taken for _, taken, _ in files)
            # With nothing to spare, a file too many is one too many.
            goal = self._max_bytes - self._max_bytes // _SLACK
            for _, taken, name in files if self.bytes > goal else ():
                with suppress(FileNotFoundError):
                    (self._folder / name).unlink()
                self.bytes -= taken
                if self.bytes <= goal:
                    break

    def _warn(self, error: Exception) -> None:
        if not self._warned:
            self._warned = True
            text = error.strerror if isinstance(error, OSError) else error
            log.warning("results cannot be kept in %s: %s", self._folder, text)


def _files(folder: Path) -> list[tuple[float, int, str]]:
    """Return when each file was last used, what it takes and its name; remove what is stale."""
    found = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if not entry.name.endswith((_KEPT, _PART)):
                continue
            with suppress(OSError):
                facts = entry.stat(follow_symlinks=False)
                if entry.name.endswith(_PART) and facts.st_mtime < time.time() - _STALE_SECONDS:
                    Path(entry.path).unlink()
                elif entry.name.endswith(_KEPT):
                    found.append((facts.st_mtime, _taken(facts.st_size), entry.name))
    return found


def _taken(size: int) -> int:
    return -(-size // _BLOCK_BYTES) * _BLOCK_BYTES


def _read(path: Path, most_bytes: int) -> bytes:
    """Return a file, which is used now; raises OSError."""
    with os.fdopen(os.open(path, _READ), "rb") as opened:
        facts = os.fstat(opened.fileno())
        if not stat.S_ISREG(facts.st_mode) or facts.st_size > most_bytes:
            raise OSError("not a file of ours")
        data = opened.read(most_bytes)
    with suppress(OSError):
        os.utime(path)
    return data


def _write(folder: Path, name: str, data: bytes) -> None:
    """Make the file, or replace it, all at once; raises OSError."""
    part = folder / f"{os.urandom(8).hex()}{_PART}"
    try:
        with os.fdopen(os.open(part, _WRITE, 0o600), "wb") as opened:
            opened.write(data)
        part.replace(folder / name)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise
