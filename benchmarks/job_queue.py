"""Measures the queue alone: one process that asks, one that works, and the broker.

python -m benchmarks.job_queue [--uvloop]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from image_worker.queue import Answer, Broker, Consumer, Embedding, Jobs, Run, Store

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

SLOTS = 8
SUBMITTERS = 50
LARGE_BYTES = 5_000_000
_TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")


async def work(url: str, seconds: float, ready: Path) -> None:
    """Work jobs by waiting, and answer with what came."""

    async def handle(run: Run) -> Answer:
        if seconds:
            await asyncio.sleep(seconds)
        return Answer(output=run.body)

    consumer = Consumer(await Store.connect(url), handle, slots=SLOTS)
    ready.touch()  # noqa: ASYNC240 - nothing else runs yet
    await consumer.run()


async def measure(rounds: int, large: int) -> None:
    """Print latency, rate and memory."""
    with tempfile.TemporaryDirectory() as directory, Broker(Embedding(Path(directory))) as broker:
        jobs = Jobs(await Store.connect(broker.url))
        print(f"broker at rest: {megabytes(broker.pid):.0f} MB")
        for seconds in (0.005, 0):
            ready = Path(directory) / f"ready-{seconds}"
            worker = start_worker(broker.url, seconds, ready)
            try:
                await begun(ready)
                await latency(jobs, seconds)
                await rate(jobs, rounds, {"asks": os.getpid(), "works": worker.pid})
                if not seconds:
                    await memory(jobs, broker, large)
            finally:
                worker.kill()
                worker.wait()


def start_worker(url: str, seconds: float, ready: Path) -> subprocess.Popen[bytes]:
    """Start the process that works."""
    loop = ["--uvloop"] if "--uvloop" in sys.argv else []
    asked = ["--work", url, "--seconds", str(seconds), "--ready", str(ready)]
    return subprocess.Popen([sys.executable, "-m", "benchmarks.job_queue", *asked, *loop])


async def begun(ready: Path) -> None:
    """Return when the process that works says that it does."""
    while not ready.exists():  # noqa: ASYNC110, ASYNC240 - it is another process
        await asyncio.sleep(0.01)


async def latency(jobs: Jobs, seconds: float) -> None:
    """Print how long one job after the other takes from being submitted to its result."""
    spans = []
    for _ in range(100):
        begin = time.perf_counter()
        await jobs.wait(await jobs.submit(b"1"), 30)
        spans.append((time.perf_counter() - begin) * 1000)
    spans.sort()
    print(
        f"a job of {seconds * 1000:.0f} ms: median {statistics.median(spans):.1f} ms, "
        f"p95 {spans[94]:.1f} ms"
    )


async def rate(jobs: Jobs, count: int, processes: dict[str, int]) -> None:
    """Print how many jobs are accepted and finished in a second, and their processes' CPU."""
    before = {name: milliseconds(pid) for name, pid in processes.items()}
    begin = time.perf_counter()
    await at_once(lambda: jobs.submit(b"1"), count)
    accepted = time.perf_counter() - begin
    await idle(jobs)
    finished = time.perf_counter() - begin
    cpu = ", ".join(
        f"{name} {(milliseconds(pid) - before[name]) / count:.2f}"
        for name, pid in processes.items()
    )
    print(
        f"{count} jobs: accepted {count / accepted:.0f}/s, finished {count / finished:.0f}/s; "
        f"CPU ms a job: {cpu}"
    )


async def memory(jobs: Jobs, broker: Broker, count: int) -> None:
    """Print the broker's memory after many large jobs."""
    body = b'"' + b"x" * LARGE_BYTES + b'"'
    begin, peak = time.perf_counter(), 0.0

    async def one() -> None:
        nonlocal peak
        job_id = await jobs.submit(body)
        await jobs.wait(job_id, 60)
        peak = max(peak, megabytes(broker.pid))

    await at_once(one, count, 4)
    each = (time.perf_counter() - begin) / count * 1000
    print(f"{count} jobs of {LARGE_BYTES // 1_000_000} MB, in and out: {each:.0f} ms each")
    for pause in (0, 15):
        await asyncio.sleep(pause)
        print(f"broker {pause} s later: {megabytes(broker.pid):.0f} MB (peak {peak:.0f} MB)")


async def at_once(one: Callable[[], Awaitable[Any]], count: int, width: int = SUBMITTERS) -> None:
    """Do something so many times, several at once."""
    gate = asyncio.Semaphore(width)

    async def gated() -> None:
        async with gate:
            await one()

    await asyncio.gather(*(gated() for _ in range(count)))


async def idle(jobs: Jobs) -> None:
    """Return when no job waits or runs."""
    while (health := await jobs.health()).in_queue + health.in_progress:  # noqa: ASYNC110
        await asyncio.sleep(0.02)


def megabytes(pid: int | None) -> float:
    """Return the resident memory of a process."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0


def milliseconds(pid: int) -> float:
    """Return the CPU time of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * _TICK_MS


def main() -> None:
    """Measure, or be the process that works."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.job_queue", description=__doc__)
    parser.add_argument("--jobs", type=int, default=1500, help="small jobs")
    parser.add_argument("--large", type=int, default=500, help="jobs of 5 MB")
    parser.add_argument("--uvloop", action="store_true", help="use the event loop of the server")
    parser.add_argument("--work", help=argparse.SUPPRESS)
    parser.add_argument("--seconds", type=float, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--ready", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.uvloop:
        import uvloop

        run = uvloop.run
    else:
        run = asyncio.run
    if options.work:
        run(work(options.work, options.seconds, options.ready))
    else:
        run(measure(options.jobs, options.large))


if __name__ == "__main__":
    main()
