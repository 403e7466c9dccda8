"""Runs the contestants in turn, each in a process of its own."""

from __future__ import annotations

import io
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from benchmarks.contestants import CONTESTANTS
from benchmarks.workloads import WORKLOADS

if TYPE_CHECKING:
    from benchmarks.workloads import Workload

_ROOT = Path(__file__).parent.parent


class Child:
    """One contestant in a fresh process, doing the job whenever it is asked to."""

    def __init__(self, contestant: str, workload: Workload, picture: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.contest", contestant, workload.name, str(picture)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=_ROOT,
            env={**os.environ, "PYTHONPATH": f"{_ROOT / 'src'}{os.pathsep}{_ROOT}"},
        )

    def turn(self) -> dict[str, float]:
        """Have the job done once; return the seconds of CPU and the megabytes of growth."""
        _ask(self._process.stdin)
        return json.loads(self._process.stdout.readline() if self._process.stdout else "")

    def stop(self) -> None:
        """End the process."""
        self._process.communicate()


def contest(workload: Workload, picture: Path, rounds: int) -> dict[str, Any]:
    """Return the figures of a workload; the first round only warms up, but counts for memory.

    The least time of each contestant is what the machine needs when nothing else disturbs it.
    """
    children = {name: Child(name, workload, picture) for name in ("engine", workload.peer)}
    turns = [{name: child.turn() for name, child in children.items()} for _ in range(rounds + 1)]
    for child in children.values():
        child.stop()
    timed = turns[1:]
    ratios = [turn["engine"]["cpu"] / turn[workload.peer]["cpu"] for turn in timed]
    least = {name: min(turn[name]["cpu"] for turn in timed) for name in children}
    ratio, peaks = least["engine"] / least[workload.peer], turns[-1]
    return {
        "workload": workload.name,
        "peer": workload.peer,
        "title": workload.title,
        "milliseconds": {name: round(1000 * least[name], 1) for name in children},
        "ratio": round(ratio, 3),
        "median": round(statistics.median(ratios), 3),
        "bar": workload.bar,
        "megabytes": {name: round(peaks[name]["peak"], 1) for name in children},
        "met": ratio <= workload.bar and (workload.peer != "tutorial" or _no_higher(peaks)),
    }


def _no_higher(peaks: dict[str, dict[str, float]]) -> bool:
    """Tell whether ours needs no more memory, to the megabyte."""
    return round(peaks["engine"]["peak"]) <= round(peaks["tutorial"]["peak"])


def _ask(pipe: IO[str] | None) -> None:
    if pipe:
        pipe.write("\n")
        pipe.flush()


def _peak() -> float:
    """Return the most memory that this process ever held, in megabytes."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


def _tiny() -> bytes:
    """Return a picture of hardly any pixels: a job with it leaves everything imported."""
    from PIL import Image

    buffer = io.BytesIO()
    Image.new("RGB", (16, 16)).save(buffer, "JPEG")
    return buffer.getvalue()


def _serve(contestant: str, workload: str, picture: str) -> None:
    # On one processor: libvips hands pixels from thread to thread, and between processors that
    # costs a fifth of the time.
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    job = next(one for one in WORKLOADS if one.name == workload)
    data = Path(picture).read_bytes()
    run = CONTESTANTS[contestant](job)
    run(_tiny())
    idle = _peak()
    for _ in sys.stdin:
        copy = bytes(bytearray(data))
        started = time.process_time()
        run(copy)
        spent = time.process_time() - started
        print(json.dumps({"cpu": spent, "peak": _peak() - idle}), flush=True)


if __name__ == "__main__":
    _serve(*sys.argv[1:4])
