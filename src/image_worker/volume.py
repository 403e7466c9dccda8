"""Files below one folder, such as a network volume, by names that callers choose.

Every part of a path is opened by itself and below the one before, and links are not followed: so
nothing that is changed meanwhile, and no name, leads out of the folder.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from image_worker.component.explain import shown
from image_worker.errors import InvalidParameterError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LONGEST_PART_BYTES = 200
_MOST_PARTS = 32
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)
# A pipe is opened without waiting for its other end, and then refused.
_READ = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_WRITE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
_NAMELESS = getattr(os, "O_TMPFILE", 0)
_UNKNOWN_THERE = {errno.EOPNOTSUPP, errno.EISDIR, errno.ENOENT, errno.EINVAL}


@dataclass(frozen=True, slots=True)
class Volume:
    """A folder in which callers may name files."""

    root: Path

    def read(self, path: str, max_bytes: int) -> bytes:
        """Return the bytes of a file, at most one more than `max_bytes`; raises OSError."""
        *folders, name = self.parts(path)
        with self._folder(folders, make=False) as folder:
            file = os.open(name, _READ, dir_fd=folder)
            with os.fdopen(file, "rb") as opened:
                if not stat.S_ISREG(os.fstat(file).st_mode):
                    raise IsADirectoryError(errno.EISDIR, "not a file")
                return opened.read(max_bytes + 1)

    def write(self, path: str, data: bytes) -> None:
        """Make the file, or replace it, with its folders; raises OSError.

        Whoever looks, and whenever this ends, sees the old file, or the new one whole.
        """
        *folders, name = self.parts(path)
        with self._folder(folders, make=True) as folder:
            part = f".{os.urandom(8).hex()}.part"
            try:
                _fill(part, data, folder)
                os.rename(part, name, src_dir_fd=folder, dst_dir_fd=folder)
            except BaseException:
                with suppress(FileNotFoundError):
                    os.unlink(part, dir_fd=folder)
                raise

    def parts(self, path: str) -> list[str]:
        """Return the names on the way to a file.

        `path` is relative, or begins with the folder itself. Raises an `InvalidParameterError`.
        """
        parts = path.removeprefix(f"{self.root}/").split("/")
        odd = not path.isprintable() or "\\" in path or len(parts) > _MOST_PARTS
        if odd or not all(map(_is_plain, parts)):
            raise InvalidParameterError(
                f"expected a path below the volume, such as pictures/cat.jpg, got {shown(path)}"
            )
        return parts

    @contextmanager
    def _folder(self, names: list[str], *, make: bool) -> Iterator[int]:
        """Open the folder that is reached by these names."""
        folder = os.open(self.root, os.O_RDONLY)
        try:
            for name in names:
                if make:
                    with suppress(FileExistsError):
                        os.mkdir(name, dir_fd=folder)
                above, folder = folder, os.open(name, _FOLDER, dir_fd=folder)
                os.close(above)
            yield folder
        finally:
            os.close(folder)


def _is_plain(name: str) -> bool:
    return name not in {"", ".", ".."} and len(name.encode()) <= _LONGEST_PART_BYTES


def _fill(name: str, data: bytes, folder: int) -> None:
    """Make a file of that name, which others see only once all of it is there if possible."""
    file = _nameless(folder)
    with os.fdopen(
        os.open(name, _WRITE, 0o666, dir_fd=folder) if file is None else file, "wb"
    ) as opened:
        opened.write(data)
        opened.flush()
        os.fsync(opened.fileno())
        if file is not None:
            os.link(f"/proc/self/fd/{file}", name, dst_dir_fd=folder)


def _nameless(folder: int) -> int | None:
    """Open a file that is gone if this process ends; not every kind of storage can do that."""
    if not _NAMELESS:
        return None
    try:
        return os.open(".", _NAMELESS | os.O_WRONLY, 0o666, dir_fd=folder)
    except OSError as error:
        if error.errno not in _UNKNOWN_THERE:
            raise
        return None
