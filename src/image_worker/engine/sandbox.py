"""Locks the current process down: what a decoder that was taken over could still do.

Everything here needs no privilege, cannot be undone, and is left out where the kernel or the
container forbids it; `lock` says what took effect. Constants are those of Linux's own headers.
"""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import signal
import struct
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 1, 4, 22, 38
_LANDLOCK_CREATE, _LANDLOCK_ADD_RULE, _LANDLOCK_RESTRICT = 444, 445, 446
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_FILE_RIGHTS_BY_ABI = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
"""How many kinds of access to files each version of Landlock knows."""
_NO_TCP = 0b11
_TCP_SINCE_ABI = 4

_SECCOMP_FILTER = 2
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000 | 1, 0x80000000
_AUDIT_X86_64 = 0xC000003E
_X32 = 0x40000000
_REFUSED_X86_64 = (
    41, 42, 43, 49, 50, 53, 288,  # socket, connect, accept, bind, listen, socketpair, accept4
    57, 58, 59, 322,  # fork, vfork, execve, execveat; clone is only let through for threads
    62, 129, 200, 234, 297, 424,  # kill and its kin
    101, 310, 311,  # ptrace, process_vm_readv, process_vm_writev
    155, 161, 165, 166, 272, 308,  # pivot_root, chroot, mount, umount2, unshare, setns
    175, 246, 248, 249, 250, 298, 313, 320, 321, 323, 425,  # modules, keys, perf, bpf, io_uring
)  # fmt: skip
_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _JUMP_IF_SET, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_CLONE, _CLONE3, _CLONE_THREAD = 56, 435, 0x10000
_NOT_THERE = 0x00050000 | 38
"""Answers as a kernel without clone3 would; the C library then uses clone, whose flags are seen."""


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
    seccomp = _seccomp(libc) if alone else False
    return Locked(memory_bytes, alone, landlock, seccomp)


def die_with_parent() -> None:
    """Let the kernel kill this process when the one that made it ends."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


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


def _seccomp(libc: ctypes.CDLL) -> bool:
    """Refuse system calls that no decoder needs."""
    if platform.machine() != "x86_64":
        return False
    count = len(_REFUSED_X86_64)
    program = [
        (_LOAD, 0, 0, 4),  # the architecture
        (_JUMP_EQUAL, 1, 0, _AUDIT_X86_64),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, 0),  # the number of the call
        (_JUMP_EQUAL, 0, 1, _CLONE3),
        (_RETURN, 0, 0, _NOT_THERE),
        (_JUMP_EQUAL, 0, 3, _CLONE),
        (_LOAD, 0, 0, 16),  # its flags
        (_JUMP_IF_SET, count + 2, 0, _CLONE_THREAD),
        (_RETURN, 0, 0, _REFUSE),
        (_JUMP_AT_LEAST, count + 1, 0, _X32),
        *((_JUMP_EQUAL, count - index, 0, call) for index, call in enumerate(_REFUSED_X86_64)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE),
    ]
    code = ctypes.create_string_buffer(b"".join(struct.pack("<HBBI", *line) for line in program))
    header = struct.pack("<HxxxxxxQ", len(program), ctypes.addressof(code))
    done = libc.prctl(_PR_SET_SECCOMP, _SECCOMP_FILTER, ctypes.create_string_buffer(header), 0, 0)
    return bool(done == 0)
