"""What the machine offers to this process; imports nothing slow."""

from __future__ import annotations

import math
import os
from pathlib import Path

_QUOTA = Path("/sys/fs/cgroup/cpu.max")
_OLD_QUOTA = Path("/sys/fs/cgroup/cpu/cpu.cfs_quota_us")
_OLD_PERIOD = Path("/sys/fs/cgroup/cpu/cpu.cfs_period_us")
_USAGE = Path("/sys/fs/cgroup/cpu.stat")


def processors() -> int:
    """Return how many processors this process may use.

    A container may be allowed a share of a machine whose processors it sees all of.
    """
    usable = getattr(os, "sched_getaffinity", None)  # macOS and Windows have none
    seen = len(usable(0)) if usable else os.cpu_count() or 1
    share = _share()
    return min(seen, max(1, math.ceil(share))) if share else seen


def container_cpu_seconds() -> float | None:
    """Return the time that all processes of the container worked; None where nobody counts it."""
    for line in _lines(_USAGE):
        name, _, count = line.partition(" ")
        if name == "usage_usec":
            return round(int(count) / 1_000_000, 3)
    return None


def _share() -> float | None:
    """Return how many processors' time the container may use; None where there is no limit."""
    quota, period, *_ = [*" ".join(_lines(_QUOTA)).split(), "", ""]
    if not quota:
        quota, period = (" ".join(_lines(path)) for path in (_OLD_QUOTA, _OLD_PERIOD))
    if not (quota.isdecimal() and period.isdecimal()):  # "max", -1, or no such file
        return None
    return int(quota) / int(period)


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="ascii").splitlines()
    except (OSError, ValueError):
        return []
