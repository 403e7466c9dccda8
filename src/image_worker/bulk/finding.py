"""Finds files by name, folder, pattern and list, one after the other and never all in memory."""

from __future__ import annotations

import glob
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

STANDARD = "-"
_LIST = "@"
_BLOCK = 65_536


class NotFound(Exception):  # noqa: N818 - it says what happened
    """A name that was given leads to no file."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"cannot read {name}: {reason}")
        self.name = name


@dataclass(frozen=True, slots=True)
class Found:
    """A file, and where it was found."""

    path: str
    """As it was named, or joined to the folder that was named."""
    below: str = ""
    """The folders between that folder and the file; empty for files that were named themselves."""
    size: int = -1
    modified: int = -1
    """In nanoseconds. Both are -1 where there is no such file."""


@dataclass(frozen=True, slots=True)
class Finder:
    """Finds what names stand for: files, folders, patterns such as `**/*.jpg`, `@list`, `-`."""

    names: tuple[str, ...]
    suffixes: frozenset[str]
    """Endings that count in folders, in lower case and with their point."""
    standard_input: Callable[[], BinaryIO]
    """Opens what `-` stands for: names of files, one a line."""
    nul: bool = False
    """Whether names in lists end with a zero byte, as `find -print0` writes them."""
    lenient: bool = False
    """Whether a name that leads nowhere is no error: what is watched may come later."""

    def __iter__(self) -> Iterator[Found]:
        """Yield the files in a fixed order; raises a `NotFound` for a name that leads nowhere."""
        for name in self.names:
            try:
                yield from self._named(name)
            except NotFound:
                if not self.lenient:
                    raise

    def _named(self, name: str) -> Iterator[Found]:
        if name == STANDARD:
            yield from self._listed(self.standard_input())
        elif name.startswith(_LIST) and not os.path.lexists(name):
            with _opened(name.removeprefix(_LIST)) as file:
                yield from self._listed(file)
        elif os.path.isdir(name):  # noqa: PTH112 - names stay text, as they were typed
            yield from self._in_folder(name)
        elif glob.has_magic(name) and not os.path.lexists(name):
            yield from self._matching(name)
        elif os.path.lexists(name):
            yield _looked_at(name)
        else:
            raise NotFound(name, "no such file or directory")

    def _listed(self, file: BinaryIO) -> Iterator[Found]:
        for raw in _split(file, b"\0" if self.nul else b"\n"):
            name = os.fsdecode(raw if self.nul else raw.rstrip(b"\r"))
            if name:
                yield _looked_at(name)

    def _matching(self, pattern: str) -> Iterator[Found]:
        found = False
        for name in sorted(glob.iglob(pattern, recursive=True)):  # noqa: PTH207 - as above
            found = True
            if os.path.isfile(name):  # noqa: PTH113 - as above
                yield _looked_at(name)
        if not found:
            raise NotFound(name=pattern, reason="no file matches")

    def _in_folder(self, folder: str, below: str = "") -> Iterator[Found]:
        """Yield the pictures in a folder and those in it; links to folders are not followed."""
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            raise NotFound(folder, (error.strerror or str(error)).lower()) from None
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from self._in_folder(entry.path, os.path.join(below, entry.name))  # noqa: PTH118
            elif Path(entry.name).suffix.lower() in self.suffixes:
                yield _looked_at(entry.path, below)


def _looked_at(path: str, below: str = "") -> Found:
    try:
        told = os.stat(path)  # noqa: PTH116 - as above
    except OSError:
        return Found(path, below)
    return Found(path, below, told.st_size, told.st_mtime_ns)


def _opened(name: str) -> BinaryIO:
    try:
        return Path(name).open("rb")
    except OSError as error:
        raise NotFound(name, (error.strerror or str(error)).lower()) from None


def _split(file: BinaryIO, end: bytes) -> Iterator[bytes]:
    """Yield what stands between the ends, reading a little at a time."""
    rest = b""
    while block := file.read(_BLOCK):
        *whole, rest = (rest + block).split(end)
        yield from whole
    yield rest
