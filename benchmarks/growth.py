"""How time and memory grow with megapixels, steps, batches and jobs at once."""

from __future__ import annotations

import json
import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import psutil

from benchmarks.contest import Child
from benchmarks.inputs import SIZES, write
from benchmarks.peers import PEERS, isolated
from benchmarks.workloads import NAMES
from image_worker.engine.isolated import IsolatedEngine, Isolation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from benchmarks.installing import Environments

Table = list[list[str]]

_TURNS = 4
_STEPS = (1, 4, 16, 64)
_BATCHES = (1, 10, 100)
_AT_ONCE = (1, 2, 4, 8)
_JOBS = 24


def growth(folder: Path, environments: Environments) -> Iterator[tuple[str, Table]]:
    """Yield a title and a table for each way to grow."""
    yield "Megapixels (JPEG, baseline)", _megapixels(folder, environments)
    yield "Steps, on 2 megapixels at full size", _steps(folder, environments)
    yield "Jobs of one batch, 0.2 megapixels each, 100 wide", _batches(folder, environments)
    yield "Jobs at once in as many children, 12 megapixels, 800 wide", _at_once(folder)


def _turns(job: dict[str, Any], picture: Path, environments: Environments, name: str) -> list[str]:
    """Return CPU and wall in milliseconds and the peak in megabytes."""
    command = environments.command(PEERS[name], json.dumps(job), picture)
    if command is None:
        raise RuntimeError(name)
    child = Child(command)
    told = [child.ask() for _ in range(_TURNS)]
    child.stop()
    least = (1000 * min(one[key] for one in told[1:]) for key in ("cpu", "wall"))
    return [*(f"{each:.0f}" for each in least), f"{told[-1]['peak']:.0f}"]


def _megapixels(folder: Path, environments: Environments) -> Table:
    table = [
        ["megapixels", "800 wide: CPU ms", "wall", "MB", "sharpen, full: CPU ms", "wall", "MB"]
    ]
    for megapixels in SIZES:
        picture = write(f"{megapixels}", folder)
        figures = [
            _turns(NAMES[name].job, picture, environments, "ours") for name in ("width", "sharpen")
        ]
        table.append([f"{megapixels}", *figures[0], *figures[1]])
    picture = write("12-progressive", folder)
    figures = [
        _turns(NAMES[name].job, picture, environments, "ours") for name in ("width", "sharpen")
    ]
    return [*table, ["12, progressive", *figures[0], *figures[1]]]


def _steps(folder: Path, environments: Environments) -> Table:
    kinds = {
        "sharpen": {"filter": {"name": "sharpen"}},
        "adjust": {"adjust": {"brightness": 1.01, "contrast": 0.99}},
        "flip": {"flip": {"direction": "horizontal"}},
    }
    table = [["steps", *(f"{name}: CPU ms, MB" for name in kinds)]]
    picture = write("2", folder)
    for count in _STEPS:
        row = [f"{count}"]
        for step in kinds.values():
            job = {"operations": [step] * count, "output": {"format": "JPEG"}}
            cpu, _, peak = _turns(job, picture, environments, "ours")
            row.append(f"{cpu}, {peak}")
        table.append(row)
    return table


def _batches(folder: Path, environments: Environments) -> Table:
    table = [["jobs", "CPU ms", "CPU ms a job", "MB"]]
    picture = write("coffee", folder)
    for count in _BATCHES:
        cpu, _, peak = _turns({"count": count}, picture, environments, "batch")
        table.append([f"{count}", cpu, f"{float(cpu) / count:.1f}", peak])
    return table


def _at_once(folder: Path) -> Table:
    table = [
        ["at once", "jobs a second", "CPU ms a job", "median wait, ms", "children together, MB"]
    ]
    data = write("12", folder).read_bytes()
    for count in _AT_ONCE:
        engine = IsolatedEngine(Isolation(children=count))
        engine.warm()
        isolated.watch(engine)
        run = isolated.by(engine, NAMES["width"].job)
        waits: list[float] = []
        lock = threading.Lock()

        def call(_: int, run: Any = run, waits: list[float] = waits, lock: Any = lock) -> None:
            started = time.perf_counter()
            run(bytes(bytearray(data)))
            with lock:
                waits.append(1000 * (time.perf_counter() - started))

        with ThreadPoolExecutor(count) as pool:
            list(pool.map(call, range(count)))
            waits.clear()
            cpu, started = isolated.cpu_seconds(), time.perf_counter()
            list(pool.map(call, range(_JOBS)))
        spent, wall = isolated.cpu_seconds() - cpu, time.perf_counter() - started
        held = sum(psutil.Process(one).memory_full_info().pss for one in isolated.processes())
        engine.close()
        figures = (_JOBS / wall, 1000 * spent / _JOBS, statistics.median(waits), held / 1e6)
        table.append([f"{count}", f"{figures[0]:.1f}", *(f"{one:.0f}" for one in figures[1:])])
    return table
