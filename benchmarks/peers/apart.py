"""This worker's engine, with a job of its own for each of several widths."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.peers import ours

if TYPE_CHECKING:
    from collections.abc import Callable


def make(job: dict[str, Any]) -> Callable[[bytes], Any]:
    """Return all jobs in one."""
    asked = dict(job["outputs"]["web"])
    jobs = [
        {"operations": [{"type": "resize", "params": {"width": width}}], "output": asked}
        for width in asked.pop("widths")
    ]
    runs = [ours.make(one) for one in jobs]
    return lambda data: [run(data) for run in runs]
