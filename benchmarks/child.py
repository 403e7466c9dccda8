"""One contestant in a process of its own: `python -m benchmarks.child NAME JOB PICTURE`.

An empty line has the job done once; a line with a path has the last result written there.
"""

from __future__ import annotations

import importlib
import io
import json
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from PIL import Image


def main(name: str, job: str, picture: str) -> None:
    """Do the job whenever it is asked for."""
    module = importlib.import_module(f"benchmarks.peers.{name}")
    seconds = getattr(module, "cpu_seconds", time.process_time)
    data = Path(picture).read_bytes()
    run = module.make(json.loads(job))
    _warm(run, data)
    idle, last = _peak(), None
    for line in sys.stdin:
        if line.strip():
            told = _written(last, Path(line.strip()))
        else:
            copy = bytes(bytearray(data))  # each job from outside has bytes of its own
            cpu, wall = seconds(), time.perf_counter()
            last = run(copy)
            cpu, wall = seconds() - cpu, time.perf_counter() - wall
            told = {"cpu": cpu, "wall": wall, "peak": _peak() - idle}
        print(json.dumps(told), flush=True)
    getattr(module, "close", lambda: None)()


def _warm(run: Any, data: bytes) -> None:
    """Do the job with a small picture: that leaves everything imported."""
    kind = Image.open(io.BytesIO(data)).format or "JPEG"
    buffer = io.BytesIO()
    mode = "RGBA" if kind == "PNG" else "RGB"
    Image.new(mode, (4032 // 8, 3024 // 8)).save(buffer, kind)
    with suppress(Exception):  # a crop may lie outside of it; everything is imported then too
        run(buffer.getvalue())


def _written(last: Any, path: Path) -> dict[str, Any]:
    """Write the first picture of a result, and tell of all of it."""
    made = last if isinstance(last, list) else [last]
    if not made or not isinstance(made[0], bytes):
        return {"bytes": 0, "value": last if isinstance(last, float) else None}
    path.write_bytes(made[0])
    return {"bytes": sum(len(each) for each in made), "value": None}


def _peak() -> float:
    """Return the most memory that this process ever held, in megabytes."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main(*sys.argv[1:4])
