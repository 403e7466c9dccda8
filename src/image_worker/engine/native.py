"""Settings of libvips and of the allocator, which hold for the whole process."""

from __future__ import annotations

import ctypes
import functools
import logging

import pyvips

_M_ARENA_MAX = -8
_M_MMAP_THRESHOLD = -3
_M_TRIM_THRESHOLD = -1
_ARENAS = 2
_MMAP_BYTES = 128 * 1024
_TRIM_BYTES = 2 * 1024 * 1024


@functools.cache
def quiet(threads: int = 0) -> None:
    """Keep memory small and logs silent.

    `threads` is the number of threads that libvips uses for one picture; 0 leaves its own choice,
    which is the number of processors.
    """
    logging.getLogger("pyvips").setLevel(logging.WARNING)
    # No operation repeats within a job, so libvips' cache of operations would only hold memory.
    pyvips.cache_set_max(0)
    if threads:
        pyvips.vips_lib.vips_concurrency_set(threads)
    _tame_allocator()


def _tame_allocator() -> bool:
    """Let glibc give memory back.

    It otherwise raises its threshold for mmap after the first large picture, and then the heaps
    of libvips' short-lived threads keep whole pictures for good. Lower thresholds than these would
    save little, and every page given back must be faulted in anew.
    """
    try:
        libc = ctypes.CDLL("libc.so.6")
        return bool(
            libc.mallopt(_M_MMAP_THRESHOLD, _MMAP_BYTES)
            and libc.mallopt(_M_TRIM_THRESHOLD, _TRIM_BYTES)
            and libc.mallopt(_M_ARENA_MAX, _ARENAS)
        )
    except (OSError, AttributeError):  # musl, macOS, Windows
        return False
