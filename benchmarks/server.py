"""What the server costs beyond the engine: `python -m benchmarks.server`.

A server of its own is started, with its queue, and called over the loopback. CPU is user and
system time of its processes, as the kernel counts it; so it holds on a busy machine too, where
latencies do not.
"""

from __future__ import annotations

import argparse
import base64
import json
import statistics
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import psutil
from PIL import Image

from benchmarks.picture import photograph
from image_worker.settings import load
from image_worker.worker import Ticket
from tests.job.making import encoded, smooth
from tests.server.live import LiveServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_MEGABYTE = 1e6
_DIRECT = "/process?op=resize:width=800&format=jpeg&cache=off"
_SMALL = "/process?op=resize:width=160&format=jpeg&cache=off"
_CALLERS = 8
_SETTLE_SECONDS = 5
_CHILD = "image_worker.engine"
_QUEUE = "nats-server"


@dataclass(frozen=True, slots=True)
class Figure:
    """Something that was measured, and what it may be at most."""

    title: str
    unit: str
    value: float
    bar: float

    @property
    def met(self) -> bool:
        """Whether it is within its bar."""
        return self.value <= self.bar


def main() -> int:
    """Measure everything; the status is 1 if a bar is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.server", description=__doc__)
    parser.add_argument("--requests", type=int, default=100, help="requests of each kind")
    parser.add_argument("--jobs", type=int, default=500, help="jobs of 5 MB")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = parser.parse_args()
    rows = measure(options.requests, options.jobs)
    if options.json:
        print(json.dumps([asdict(row) for row in rows], indent=2))
    else:
        _table(rows)
    return 0 if all(row.met for row in rows) else 1


def measure(requests: int, jobs: int) -> list[Figure]:
    """Start a server and measure it."""
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder, LiveServer(Path(folder), children="2") as live:
        ready = time.perf_counter() - started
        idle = _megabytes(live)
        rows = [
            Figure("from the start of the process until jobs are taken", "s", ready, 2),
            Figure("idle memory of everything", "MB", idle, 200),
            *_overheads(live, requests),
            *_latencies(live, requests),
        ]
        _soak(live, jobs)
        time.sleep(_SETTLE_SECONDS)
        return [
            *rows,
            Figure(f"memory after {jobs} jobs of 5 MB", "MB", _megabytes(live), 1.3 * idle),
        ]


def _overheads(live: LiveServer, requests: int) -> Iterable[Figure]:
    """Measure the CPU of API and queue: of all processes, less what a bare worker takes."""
    photo, tiny = photograph(), encoded(smooth(64, 48), "JPEG")
    megabytes = len(photo) / _MEGABYTE
    for name, body, bar in (
        ("direct request, 12 megapixels", photo, 1.5 + megabytes),
        ("direct request, 64 by 48", tiny, 1.5),
    ):
        yield Figure(
            f"{name}, {len(body) / _MEGABYTE:.1f} MB: CPU beyond the engine", "ms",
            _cpu(live, lambda body=body: live.client.post(_DIRECT, content=body), requests)
            - _bare(_job({"upload": "image"}), {"image": body}, requests),
            bar,
        )  # fmt: skip
    grain = _grain(750_000)
    order = _order(grain)
    yield Figure(
        "/runsync with 1 MB of base64: CPU beyond the engine", "ms",
        _cpu(live, lambda: live.client.post("/runsync", content=order), requests)
        - _bare(_job({"base64": base64.b64encode(grain).decode()}), {}, requests),
        4,
    )  # fmt: skip


def _latencies(live: LiveServer, requests: int) -> Iterable[Figure]:
    """Measure how long callers of small jobs wait, with the queue and without, in turns."""
    photo = encoded(smooth(320, 240), "JPEG")
    order = _order(photo, 160)
    waited, direct = [], []
    for _ in range(requests):
        waited.append(_wall(lambda: live.client.post("/runsync", content=order)))
        direct.append(_wall(lambda: live.client.post(_SMALL, content=photo)))
    yield Figure("/runsync of a small job, median", "ms", statistics.median(waited), 15)
    added = statistics.median(one - other for one, other in zip(waited, direct, strict=True))
    yield Figure("what the queue adds to it", "ms", added, 5)


def _cpu(live: LiveServer, call: Callable[[], object], times: int) -> float:
    """Return the CPU milliseconds of one call, in all processes but the engine's."""
    for _ in range(5):
        call()
    before = _seconds(live)
    for _ in range(times):
        call()
    return (_seconds(live) - before) / times * 1000


def _bare(job: dict[str, Any], files: dict[str, bytes], times: int) -> float:
    """Return the CPU milliseconds of one job in a process that does nothing else than ask for it.

    What its children take is not counted, here as there.
    """
    engine = load(isolated=True, children=2).engine(serving=True)
    worker = load(isolated=True).worker(engine)
    try:
        for _ in range(5):
            worker.do(job, Ticket(uploads=files))
        before = time.process_time()
        for _ in range(times):
            worker.do(job, Ticket(uploads=files)).answer()
        return (time.process_time() - before) / times * 1000
    finally:
        engine.close()


def _seconds(live: LiveServer) -> float:
    spent = 0.0
    for process in live.family():
        if _CHILD not in " ".join(process.cmdline()):
            times = process.cpu_times()
            spent += times.user + times.system
    return spent


def _wall(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return (time.perf_counter() - started) * 1000


def _soak(live: LiveServer, jobs: int) -> None:
    order = _order(_grain(5_000_000))

    def call(_: int) -> None:
        state = live.client.post("/runsync", content=order).json()
        assert state["status"] == "COMPLETED", state  # noqa: S101 - nothing else is worth measuring

    with ThreadPoolExecutor(_CALLERS) as callers:
        list(callers.map(call, range(jobs)))


def _job(image: dict[str, str], width: int = 800) -> dict[str, Any]:
    steps = [{"resize": {"width": width}}]
    return {"image": image, "operations": steps, "output": {"format": "jpeg"}, "cache": "off"}


def _order(picture: bytes, width: int = 800) -> bytes:
    image = {"base64": base64.b64encode(picture).decode()}
    return json.dumps({"input": _job(image, width)}).encode()


def _grain(size: int) -> bytes:
    """Return a PNG of about so many bytes, which nothing can compress."""
    side = round((size / 3) ** 0.5)
    levels = np.random.default_rng(5).integers(0, 256, (side, side, 3), dtype=np.uint8)
    return encoded(Image.fromarray(levels), "PNG", compress_level=1)


def _megabytes(live: LiveServer) -> float:
    """Return what all processes hold together; what they share counts once."""
    return sum(psutil.Process(one.pid).memory_full_info().pss for one in live.family()) / 1e6


def _table(rows: list[Figure]) -> None:
    for row in rows:
        print(
            f"{row.title:58}{row.value:9.2f} {row.unit:3} bar {row.bar:8.2f}"
            f"  {'met' if row.met else 'NOT MET'}"
        )


if __name__ == "__main__":
    sys.exit(main())
