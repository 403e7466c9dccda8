"""Memory through thousands of mixed jobs, by allocator: `python -m benchmarks.soak`.

Each allocator gets the same jobs in a process of its own, one after the other as a child of the
worker does them. `set` is what the program sets by itself, `glibc` the C library's own choice, and
a path a library to preload, such as jemalloc.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import pickle
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).parent.parent
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "TIFF")
_WRITTEN = ("JPEG", "JPEG", "JPEG", "PNG", "PNG", "WEBP", "WEBP", "TIFF", "GIF")
"""GIF is by far the slowest."""
_SIDES = (60, 120, 250, 500, 700, 1000)
_SMALL_SIDES = (60, 120, 250)
_STEPS: tuple[list[dict[str, Any]], ...] = (
    [{"resize": {"width": 320}}],
    [{"resize": {"width": 800, "height": 600}}, {"filter": {"name": "sharpen"}}],
    [{"rotate": {"angle": 7}}],
    [{"adjust": {"brightness": 1.2}}, {"filter": {"name": "blur"}}],
    [],
)
_SHARES = (0.1, 0.25, 0.5, 0.75, 1)
"""After which shares of the jobs the memory is told."""
_DAMAGED = 0.1
"""Share of the jobs whose file is cut."""
_LARGE = 0.01
"""Share of the jobs with a photograph of 12 megapixels."""


def main() -> int:
    """Run the soak with each allocator in turn."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("allocators", nargs="*", default=["set", "glibc"], help="set, glibc, path")
    parser.add_argument("--jobs", type=int, default=3000)
    options = parser.parse_args()
    pictures = pickle.dumps(_pictures())
    print(f"resident megabytes after a share of {options.jobs} jobs, the peak, and seconds of CPU")
    print(f"{'':24}" + "".join(f"{share:>8.0%}" for share in _SHARES) + f"{'peak':>8}{'CPU':>8}")
    for allocator in options.allocators:
        told = _soaked(allocator, options.jobs, pictures, _SHARES)
        columns = (*told["resident"], told["peak"], told["cpu"])
        print(f"{Path(allocator).name:24}" + "".join(f"{one:8.0f}" for one in columns), flush=True)
    return 0


def resident(jobs: int, shares: tuple[float, ...]) -> list[float]:
    """Return the megabytes that a process holds after these shares of the jobs.

    Most pictures are small, large ones are made smaller and none is written as GIF here, so that
    it takes a minute.
    """
    pictures = pickle.dumps(_pictures(_SMALL_SIDES))
    held: list[float] = _soaked("set", jobs, pictures, shares, light=True)["resident"]
    return held


def _pictures(sides: tuple[int, ...] = _SIDES) -> list[bytes]:
    """Return files of all sizes and formats; the last one is large."""
    import numpy as np
    from PIL import Image

    from benchmarks.picture import photograph

    large = photograph()
    whole = Image.open(io.BytesIO(large))
    files = []
    for side in sides:
        small = Image.fromarray(np.asarray(whole.resize((side, side * 3 // 4))))
        for kind in _FORMATS:
            buffer = io.BytesIO()
            small.save(buffer, kind)
            files.append(buffer.getvalue())
    return [*files, large]


def _soaked(
    allocator: str,
    jobs: int,
    pictures: bytes,
    shares: tuple[float, ...],
    *,
    light: bool = False,
) -> dict[str, Any]:
    path, what = f"{_ROOT / 'src'}{os.pathsep}{_ROOT}", f"{allocator!r}, {jobs}, {shares!r}"
    environment = {**os.environ, "PYTHONPATH": path}
    environment.pop("MALLOC_ARENA_MAX", None)
    if "/" in allocator:
        environment["LD_PRELOAD"] = allocator
    done = subprocess.run(
        [sys.executable, "-c", f"from benchmarks.soak import work; work({what}, light={light})"],
        input=pictures,
        cwd=_ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        check=True,
    )
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def work(allocator: str, jobs: int, shares: tuple[float, ...], *, light: bool) -> None:
    """Do the jobs in this process, and print what they took."""
    from image_worker.engine import InProcessEngine, RenderRequest, native
    from image_worker.errors import ImageWorkerError
    from image_worker.limits import Limits

    pictures: list[bytes] = pickle.loads(sys.stdin.buffer.read())  # noqa: S301 - made above
    if allocator != "set":
        native._tame_allocator = lambda: False  # noqa: SLF001 - what is compared
    engine, limits, digest = InProcessEngine(), Limits(), "0" * 64
    written = [kind for kind in _WRITTEN if kind != "GIF"] if light else _WRITTEN
    draw = random.Random(1)  # noqa: S311 - chance, not secrecy
    held, wrong, started = [], 0, time.process_time()
    for number in range(1, jobs + 1):
        large = draw.random() < _LARGE
        data = bytes(bytearray(pictures[-1] if large else draw.choice(pictures[:-1])))
        damaged = draw.random() < _DAMAGED
        recipe = {
            "image": {"given": digest},
            "operations": _STEPS[0] if large and light else draw.choice(_STEPS),
            "output": {"format": draw.choice(written)},
        }
        sources = {digest: data[: len(data) // 2] if damaged else data}
        try:
            engine.run(RenderRequest(json.dumps(recipe), sources, limits))
        except ImageWorkerError:
            wrong += not damaged
        if number in {int(jobs * share) for share in shares}:
            held.append(_megabytes("VmRSS"))
    cpu = time.process_time() - started
    print(json.dumps({"resident": held, "peak": _megabytes("VmHWM"), "cpu": cpu}))
    if wrong:
        sys.exit(f"{wrong} jobs failed that should not have")


def _megabytes(key: str) -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    line = next(line for line in status if line.startswith(f"{key}:"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    sys.exit(main())
