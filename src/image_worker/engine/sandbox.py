"""Locks the current process down: what a decoder that was taken over could still do.

Everything here needs no privilege, cannot be undone, and is left out where the kernel or the
container forbids it; `lock` says what took effect. Constants are those of Linux's own headers.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import struct
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from image_worker.engine.seccomp import refuse_calls

if TYPE_CHECKING:
    from collections.abc import Iterable

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 1, 4, 38
_LANDLOCK_CREATE, _LANDLOCK_ADD_RULE, _LANDLOCK_RESTRICT = 444, 445, 446
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_FILE_RIGHTS_BY_ABI = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
"""How many kinds of access to files each version of Landlock knows."""
_NO_TCP, _TCP_SINCE_ABI = 0b11, 4
_STAY_INSIDE, _SCOPES_SINCE_ABI = 0b11, 6
"""Neither signals nor abstract sockets reach processes outside."""


@dataclass(frozen=True, slots=True)
class Locked:
    """What took effect."""

    memory_bytes: int
    """Address space that the process may have."""
    no_new_privileges: bool
    landlock: int
    """Version of Landlock in force; 0 for none."""
    seccomp: bool

    def as_json(self) -> dict[str, object]:
        """Return it for reports."""
        return asdict(self)


def lock(readable: Iterable[str], memory_bytes: int, result_bytes: int) -> Locked:
    """Lock the process down for good.

    It can read below `readable` and write nowhere, open no socket, start no program, and use no
    more than `memory_bytes` of address space; its results may have `result_bytes`.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    for limit, value in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_FSIZE, result_bytes),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 256),
    ):
        _lower(limit, value)
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    alone = libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
    landlock = _landlock(libc, readable) if alone else 0
    seccomp = refuse_calls(libc) if alone else False
    return Locked(memory_bytes, alone, landlock, seccomp)


def die_with(parent: int) -> None:
    """Let the kernel kill this process when the one that made it ends."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it ended before the kernel was told
        os._exit(0)


def _lower(limit: int, value: int) -> None:
    _, most = resource.getrlimit(limit)
    value = value if most == resource.RLIM_INFINITY else min(value, most)
    resource.setrlimit(limit, (value, value))


def _landlock(libc: ctypes.CDLL, readable: Iterable[str]) -> int:
    """Forbid all files but those below `readable`, which may be read; return the version."""
    version = int(libc.syscall(_LANDLOCK_CREATE, None, 0, 1))
    if version < 1:
        return 0
    rights = (1 << _FILE_RIGHTS_BY_ABI[min(version, max(_FILE_RIGHTS_BY_ABI))]) - 1
    handled = struct.pack("<Q", rights)
    if version >= _TCP_SINCE_ABI:
        handled += struct.pack("<Q", _NO_TCP)
    if version >= _SCOPES_SINCE_ABI:
        handled += struct.pack("<Q", _STAY_INSIDE)
    rules = int(libc.syscall(_LANDLOCK_CREATE, handled, len(handled), 0))
    if rules < 0:
        return 0
    try:
        for path in readable:
            _let_read(libc, rules, path)
        return version if libc.syscall(_LANDLOCK_RESTRICT, rules, 0) == 0 else 0
    finally:
        os.close(rules)


def _let_read(libc: ctypes.CDLL, rules: int, path: str) -> None:
    try:
        folder = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # nothing there, so nothing to read
    try:
        rights = _READ_FILE | (_READ_DIR if os.path.isdir(path) else 0)  # noqa: PTH112 - no import
        beneath = struct.pack("<Qi", rights, folder)
        libc.syscall(_LANDLOCK_ADD_RULE, rules, 1, beneath, 0)
    finally:
        os.close(folder)
