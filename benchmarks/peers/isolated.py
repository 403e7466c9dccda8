"""This worker's engine with a child process that is locked down, as the server has it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.peers.ours import by
from image_worker.engine.isolated import IsolatedEngine, Isolation

if TYPE_CHECKING:
    from collections.abc import Callable

_ENGINES: list[IsolatedEngine] = []
_CPU_OF_A_PROCESS = 2
"""Kind of clock, as Linux numbers those of processes."""


def make(job: dict[str, Any]) -> Callable[[bytes], Any]:
    """Return the engine; it ends with this process."""
    engine = IsolatedEngine(Isolation(children=1))
    engine.warm()
    watch(engine)
    return by(engine, job)


def watch(engine: IsolatedEngine) -> None:
    """Have this engine's children looked at from now on."""
    _ENGINES.append(engine)


def processes() -> list[int]:
    """Return the numbers of the process that makes children, and of the children."""
    maker = _ENGINES[-1]._nursery._launched._process.pid  # noqa: SLF001 - to find the children
    children = Path(f"/proc/{maker}/task/{maker}/children").read_text(encoding="ascii").split()
    return [maker, *map(int, children)]


def cpu_seconds() -> float:
    """Return the time of this process, of the one that makes children, and of the child."""
    clocks = (~process << 3 | _CPU_OF_A_PROCESS for process in processes())
    return time.process_time() + sum(time.clock_gettime(clock) for clock in clocks)


def close() -> None:
    """End the children."""
    for engine in _ENGINES:
        engine.close()
