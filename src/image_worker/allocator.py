"""Has glibc give memory back that it would otherwise keep for good."""

from __future__ import annotations

import ctypes

_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3
_M_ARENA_MAX = -8
_ARENAS = 2


def tame_allocator(*, mmap_bytes: int, trim_bytes: int) -> bool:
    """Set what holds for the whole process; False where there is no glibc.

    By default its threshold for mmap rises with the first large block, and then the heaps of
    threads keep whole pictures. Lower thresholds cost time, as every page that was given back must
    be faulted in anew.
    """
    try:
        libc = ctypes.CDLL("libc.so.6")
        return bool(
            libc.mallopt(_M_MMAP_THRESHOLD, mmap_bytes)
            and libc.mallopt(_M_TRIM_THRESHOLD, trim_bytes)
            and libc.mallopt(_M_ARENA_MAX, _ARENAS)
        )
    except (OSError, AttributeError):  # musl, macOS, Windows
        return False


def give_back() -> None:
    """Give all memory back that is not used; it takes milliseconds, so it is for quiet moments."""
    try:
        ctypes.CDLL("libc.so.6").malloc_trim(0)
    except (OSError, AttributeError):  # as above
        return
