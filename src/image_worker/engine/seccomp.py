"""Refuses system calls that no decoder needs, by a program that the kernel runs before each."""

from __future__ import annotations

import ctypes
import platform
import struct
from dataclasses import dataclass

_PR_SET_SECCOMP, _SECCOMP_FILTER = 22, 2
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000 | 1, 0x80000000
_NOT_THERE = 0x00050000 | 38
"""Answers as a kernel without clone3 would; the C library then uses clone, whose flags are seen."""
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16
"""Where they stand in what the program is given."""
_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _JUMP_IF_SET, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_CLONE_THREAD = 0x10000
_NO_NUMBER = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class _Machine:
    architecture: int
    clone: int
    clone3: int
    refused: tuple[int, ...]
    beyond: int = _NO_NUMBER
    """Numbers from here on are another way to call the same, and are refused."""


# In this order: socket, connect, accept, bind, listen, socketpair, accept4; what makes or starts
# processes; kill and its kin; ptrace, process_vm_readv, process_vm_writev; pivot_root, chroot,
# mount, umount2, unshare, setns; modules, keys, perf, bpf, userfaultfd, io_uring. clone is let
# through for threads alone.
_MACHINES = {
    "x86_64": _Machine(
        0xC000003E, 56, 435,
        (
            41, 42, 43, 49, 50, 53, 288,
            57, 58, 59, 322,
            62, 129, 200, 234, 297, 424,
            101, 310, 311,
            155, 161, 165, 166, 272, 308,
            175, 246, 248, 249, 250, 298, 313, 320, 321, 323, 425,
        ),
        0x40000000,
    ),
    "aarch64": _Machine(
        0xC00000B7, 220, 435,
        (
            198, 203, 202, 200, 201, 199, 242,
            221, 281,
            129, 130, 131, 138, 240, 424,
            117, 270, 271,
            41, 51, 40, 39, 97, 268,
            105, 104, 217, 218, 219, 241, 273, 294, 280, 282, 425,
        ),
    ),
}  # fmt: skip


def refuse_calls(libc: ctypes.CDLL) -> bool:
    """Refuse the calls for good; tell whether that took effect."""
    machine = _MACHINES.get(platform.machine())
    if not machine:
        return False
    lines = _program(machine)
    code = ctypes.create_string_buffer(b"".join(struct.pack("<HBBI", *line) for line in lines))
    header = struct.pack("<HxxxxxxQ", len(lines), ctypes.addressof(code))
    done = libc.prctl(_PR_SET_SECCOMP, _SECCOMP_FILTER, ctypes.create_string_buffer(header), 0, 0)
    return bool(done == 0)


def _program(machine: _Machine) -> list[tuple[int, int, int, int]]:
    """Return lines of code, jumps if true and if false, and a number."""
    count = len(machine.refused)
    return [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_JUMP_EQUAL, 1, 0, machine.architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
        (_JUMP_EQUAL, 0, 1, machine.clone3),
        (_RETURN, 0, 0, _NOT_THERE),
        (_JUMP_EQUAL, 0, 3, machine.clone),
        (_LOAD, 0, 0, _FIRST_ARGUMENT),
        (_JUMP_IF_SET, count + 2, 0, _CLONE_THREAD),
        (_RETURN, 0, 0, _REFUSE),
        (_JUMP_AT_LEAST, count + 1, 0, machine.beyond),
        *((_JUMP_EQUAL, count - index, 0, call) for index, call in enumerate(machine.refused)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE),
    ]
