"""Writes files whole or not at all."""

from __future__ import annotations

import os
import shutil
import zlib
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_NAMELESS = getattr(os, "O_TMPFILE", 0)
_SHOWN = 50
"""Characters of a name that its part file takes over: at most 200 bytes, and systems allow 255."""


def part_of(name: str) -> str:
    """Return what the part file of a file is called: always the same, and for no other file."""
    return f".{name[:_SHOWN]}.{zlib.crc32(os.fsencode(name)):08x}.part"


def write(target: Path, data: bytes) -> None:
    """Make the file, or replace it, with its folders; raises OSError.

    Whoever looks sees the old file or the new one whole. Where the system can write a file that
    has no name yet, a kill leaves nothing; elsewhere it leaves a part file, which the next attempt
    at the same target replaces.
    """
    if target.is_symlink():
        target = target.resolve()
    if not target.parent.is_dir():
        target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(part_of(target.name))
    try:
        if _linked(data, target, part):
            return
        if not part.exists():
            part.write_bytes(data)
        with suppress(FileNotFoundError):
            shutil.copymode(target, part)
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _linked(data: bytes, target: Path, part: Path) -> bool:
    """Write the data and only then give it a name: the target's, or the part's if that is taken.

    Return whether it has the target's. Where this is not possible, there is no part either.
    """
    part.unlink(missing_ok=True)  # an earlier attempt was killed
    if not _NAMELESS:
        return False
    try:
        file = os.open(part.parent, _NAMELESS | os.O_WRONLY, 0o666)
    except OSError:  # not on every file system; where something else is wrong, it comes again
        return False
    with os.fdopen(file, "wb") as opened:
        opened.write(data)
        opened.flush()
        for name in (target, part):
            try:
                os.link(f"/proc/self/fd/{file}", name)
            except FileExistsError:
                continue
            except OSError:  # no /proc in this container
                return False
            return name is target
    return False
