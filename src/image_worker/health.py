"""How this worker is: what it can read and write, and what it uses of the machine."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from image_worker import catalog
from image_worker.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable

_STATUS = Path("/proc/self/status")
_GROUP = Path("/sys/fs/cgroup")
_LIMITS = (_GROUP / "memory.max", _GROUP / "memory/memory.limit_in_bytes")
_USED = (_GROUP / "memory.current", _GROUP / "memory/memory.usage_in_bytes")
_NO_LIMIT = 1 << 60
"""Older kernels write a huge number where there is no limit."""


def health(*, svg: bool = False, reads: Iterable[str] | None = None) -> dict[str, Any]:
    """Return the state as JSON; `svg` tells whether SVG may be read.

    `reads` are the formats that the engine says it can read; without them, libvips is asked here.
    """
    read = read_formats(svg=svg) if reads is None else [*reads]
    return {
        "status": "ok",
        "version": __version__,
        "formats": {
            "read": [name for name in read if svg or name != "SVG"],
            "write": written_formats(),
        },
        "memory": memory(),
        "cpu_seconds": round(time.process_time(), 3),
    }


def usable_memory() -> int | None:
    """Return the bytes that this container may use, or the whole machine where it has no limit."""
    limit = _first(_LIMITS)
    try:
        whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # Windows
        return limit
    return min(limit, whole) if limit else whole


def read_formats(*, svg: bool = False) -> list[str]:
    """Return the formats for which libvips has a loader here."""
    import pyvips  # noqa: PLC0415 - a parent of children never uses it

    return [
        reader.name
        for reader in catalog.READERS
        if (svg or reader.name != "SVG") and pyvips.type_find("VipsForeignLoad", reader.loader)
    ]


def written_formats() -> list[str]:
    """Return the formats of pictures that can be asked for."""
    return [kind.name for kind in catalog.FORMATS if kind.mime.startswith("image/")]


def memory() -> dict[str, int | None]:
    """Return bytes: of this process now and at most, and of its container with its limit."""
    return {
        "resident_bytes": _own("VmRSS"),
        "peak_bytes": _own("VmHWM"),
        "container_bytes": _first(_USED),
        "limit_bytes": _first(_LIMITS),
    }


def _own(key: str) -> int | None:
    """Return a line of Linux's account of this process; elsewhere there is none."""
    try:
        lines = _STATUS.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return None
    found = (line.split()[1] for line in lines if line.startswith(f"{key}:"))
    kilobytes = next(found, None)
    return int(kilobytes) * 1024 if kilobytes else None


def _first(paths: tuple[Path, ...]) -> int | None:
    """Return the number in the first file that there is; a container has one of them."""
    for path in paths:
        try:
            text = path.read_text(encoding="ascii").strip()
        except OSError:
            continue
        return int(text) if text.isdigit() and int(text) < _NO_LIMIT else None
    return None
