"""`image-worker bulk` beside a bare process pool: `python -m benchmarks.bulk`.

Both work the same small JPEGs with the same calls of pyvips, in turns of some files each: they are
read, made smaller, and written. The pool checks nothing, remembers nothing, and writes in place.
Then the whole command is run once.
"""

from __future__ import annotations

import argparse
import io
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyvips

from image_worker.bulk import Finder, Manifest, Pool, Task, Template, Wanted, carry_out, plan
from image_worker.settings import load

if TYPE_CHECKING:
    from collections.abc import Callable

_BAR = 0.9
_CPU_OF_A_PROCESS = 2
"""Kind of clock, as Linux numbers those of processes."""
_WIDTH = 480
_SIDES = (1280, 960)
_JOB: dict[str, Any] = {
    "operations": [{"type": "resize", "params": {"width": _WIDTH}}],
    "output": {"format": "JPEG", "quality": 80},
    "cache": "off",
}


def main() -> int:
    """Print both; the status is 1 if the bar is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bulk", description=__doc__)
    parser.add_argument("--files", type=int, default=500)
    parser.add_argument("--turn", type=int, default=40, help="files of one turn")
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        # In a process of its own: what is forked later must not have touched a pixel.
        made = multiprocessing.get_context("spawn").Process(
            target=_draw, args=(Path(folder) / "in", options.files)
        )
        made.start()
        made.join()
        sources = sorted((Path(folder) / "in").iterdir())
        turns = _turns(sources, Path(folder), options)
        whole = _command(sources, Path(folder) / "whole", options.jobs)
        return _told(turns, whole, options, sources[0].stat().st_size)


def _draw(folder: Path, number: int) -> None:
    """Cut different pieces out of a photograph."""
    from benchmarks.picture import photograph

    folder.mkdir()
    whole = pyvips.Image.new_from_buffer(photograph(), "").copy_memory()
    width, height = _SIDES
    for index in range(number):
        left, top = index * 37 % (whole.width - width), index * 53 % (whole.height - height)
        piece = whole.crop(left, top, width, height)
        piece.jpegsave(str(folder / f"{index:04}.jpg"), Q=85)


def _turns(sources: list[Path], folder: Path, options: Any) -> list[tuple[Turn, Turn]]:
    """Return what both spent on each turn; all processes are there before."""
    settings = load()
    pool = Pool(Task(_JOB, settings.worker), options.jobs)
    manifest = Manifest(folder / "bulk.sqlite")
    numbers = count()

    def ours(files: list[Path]) -> None:
        template = Template.read(str(folder / f"bulk-{next(numbers)}" / "{stem}.jpg"))
        names = tuple(map(str, files))
        plan(Finder(names, frozenset(), io.BytesIO), Wanted(template, "jpg", "job"), manifest)
        for done in carry_out(manifest, pool, "job", lambda: False):
            assert done.ok, done.error  # noqa: S101 - else the figure means nothing

    with multiprocessing.get_context("fork").Pool(options.jobs, _quiet) as bare:

        def theirs(files: list[Path]) -> None:
            target = folder / f"bare-{next(numbers)}"
            target.mkdir()
            pairs = [(path, target / path.name) for path in files]
            for _ in bare.imap_unordered(_work, pairs, chunksize=1):
                pass

        blocks = [sources[at : at + options.turn] for at in range(0, len(sources), options.turn)]
        for work in (ours, theirs):
            work(blocks[0])
        processes = [child.pid for child in multiprocessing.active_children()]
        turns = [
            (_timed(theirs, block, processes), _timed(ours, block, processes)) for block in blocks
        ]
    pool.close()
    manifest.close()
    return turns


@dataclass(frozen=True)
class Turn:
    """What some files took, in wall-clock seconds and in seconds of CPU."""

    seconds: float
    cpu: float


def _timed(work: Callable[[list[Path]], None], files: list[Path], processes: list[Any]) -> Turn:
    cpu, started = _cpu(processes), time.perf_counter()
    work(files)
    return Turn(time.perf_counter() - started, _cpu(processes) - cpu)


def _cpu(processes: list[int]) -> float:
    """Return the seconds of CPU of this process and of these; those who idle add nothing."""
    clocks = (~process << 3 | _CPU_OF_A_PROCESS for process in processes)
    return time.process_time() + sum(map(time.clock_gettime, clocks))


def _quiet() -> None:
    pyvips.cache_set_max(0)
    pyvips.vips_lib.vips_concurrency_set(1)


def _work(pair: tuple[Path, Path]) -> None:
    source, target = pair
    data = source.read_bytes()
    # Looked at twice before it is decoded: for its size, and for what it says of itself.
    image, _, _ = (_opened(data) for _ in range(3))
    scale = _WIDTH / image.width
    small = image.resize(scale, vscale=scale, kernel="lanczos3", gap=4)
    target.write_bytes(small.jpegsave_buffer(Q=80, subsample_mode="on", keep=0))


def _opened(data: bytes) -> Any:
    origin = pyvips.Source.new_from_memory(data)
    return pyvips.Image.jpegload_source(origin, fail_on="truncated", access="sequential")


def _command(sources: list[Path], target: Path, jobs: int) -> float:
    """Return the seconds of the whole command, its start and its end included."""
    command = [
        *(sys.executable, "-m", "image_worker", "bulk", "--jobs", str(jobs), "--quality", "80"),
        *("--to", str(target / "{stem}.jpg"), str(sources[0].parent)),
        *("resize", "--width", str(_WIDTH)),
    ]
    started = time.perf_counter()
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    return time.perf_counter() - started


def _told(turns: list[tuple[Turn, Turn]], whole: float, options: Any, size: int) -> int:
    print(
        f"{options.files} JPEGs of {_SIDES[0]}x{_SIDES[1]}, {size / 1000:.0f} kB, made {_WIDTH} "
        f"wide, {options.jobs} processes, load {os.getloadavg()[0]:.1f}"
    )
    best, cpu = [], []
    for name, mine in zip(("bare pool", "bulk"), zip(*turns, strict=True), strict=True):
        rates = sorted(options.turn / turn.seconds for turn in mine)
        best.append(rates[-1])
        cpu.append(1000 * min(turn.cpu for turn in mine) / options.turn)
        print(
            f"{name:10}{rates[-1]:8.1f} files/s at best, {rates[len(rates) // 2]:.1f} in the "
            f"median; {cpu[-1]:.1f} ms of CPU a file at best"
        )
    print(f"the whole command takes {whole:.1f} s: {options.files / whole:.1f} files/s")
    median = statistics.median(bare.seconds / ours.seconds for bare, ours in turns)
    ratios = {"best turns": best[1] / best[0], "median of ratios": median, "CPU": cpu[0] / cpu[1]}
    # Where others work too, the clock on the wall measures mostly them.
    judge = "CPU" if os.getloadavg()[0] > 2 * options.jobs else "best turns"
    met = ratios[judge] >= _BAR
    told = ", ".join(f"{ratio:.2f} by {name}" for name, ratio in ratios.items())
    print(f"bulk does of the pool: {told}; bar {_BAR} by {judge}: {'met' if met else 'NOT MET'}")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
