"""What isolation costs and what it gives: `python -m benchmarks.isolation`.

Bare threads and children take turns with the same job, a 12-megapixel JPEG made 800 pixels wide;
then jobs come ten times as fast as they can be done.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.picture import photograph
from image_worker.engine import InProcessEngine, RenderRequest
from image_worker.engine.isolated import IsolatedEngine, Isolation
from image_worker.errors import OverloadedError
from image_worker.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Callable

_BAR = 0.92
"""Jobs a second of the isolated engine, as a share of those of bare threads."""
_READY_BAR = 50
_GOODPUT_BAR = 0.9
_REFUSAL_BAR = 50
_TIMES = 10
"""How many times more jobs come than can be done."""
_CALLERS = 40
_CPU_OF_A_PROCESS = 2
"""Kind of clock, as Linux numbers those of processes."""


def main() -> int:
    """Measure everything; the status is 1 if a bar is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.isolation", description=__doc__)
    parser.add_argument("--children", type=int, default=2, help="children, and bare threads")
    parser.add_argument("--rounds", type=int, default=25, help="turns of each contestant")
    parser.add_argument("--jobs", type=int, default=4, help="jobs of one turn")
    parser.add_argument("--seconds", type=float, default=10, help="length of the overload")
    options = parser.parse_args()
    engine = IsolatedEngine(Isolation(children=options.children))
    engine.warm()
    asked = _request(photograph())
    try:
        met = [
            _throughput(engine, asked, options),
            _replacement(engine),
            _overload(engine, asked, options),
        ]
    finally:
        engine.close()
    return 0 if all(met) else 1


def _request(data: bytes) -> RenderRequest:
    digest = "0" * 64
    job = {
        "image": {"given": digest},
        "operations": [{"type": "resize", "params": {"width": 800}}],
        "output": {"format": "JPEG"},
    }
    return RenderRequest(json.dumps(job), {digest: data}, Limits())


@dataclass(frozen=True, slots=True)
class _Turn:
    seconds: float
    cpu: float


def _throughput(engine: IsolatedEngine, asked: RenderRequest, options: Any) -> bool:
    """Print jobs a second and CPU of both; the first round only warms up."""
    contestants: dict[str, Callable[[RenderRequest], object]] = {
        "threads": InProcessEngine().run,
        "children": engine.run,
    }
    with ThreadPoolExecutor(options.children) as pool:
        turns = [
            {
                name: _turn(pool, run, asked, options.jobs, engine)
                for name, run in contestants.items()
            }
            for _ in range(options.rounds + 1)
        ]
    timed = turns[1:]
    best = {name: options.jobs / min(turn[name].seconds for turn in timed) for name in contestants}
    cpu = {name: 1000 * min(turn[name].cpu for turn in timed) / options.jobs for name in best}
    ratios = [turn["threads"].seconds / turn["children"].seconds for turn in timed]
    ratio = best["children"] / best["threads"]
    more = cpu["children"] / cpu["threads"]
    met = ratio >= _BAR and more <= 1 / _BAR
    for name, rate in best.items():
        print(f"{name:10}{rate:8.1f} jobs/s{cpu[name]:8.1f} ms CPU a job")
    print(
        f"children do {ratio:.2f} of what threads do (best turns; median of ratios "
        f"{statistics.median(ratios):.2f}), with {more:.2f} of the CPU; bars {_BAR} and "
        f"{1 / _BAR:.2f}: {_verdict(met)}"
    )
    return met


def _turn(
    pool: ThreadPoolExecutor,
    run: Callable[[RenderRequest], object],
    asked: RenderRequest,
    jobs: int,
    engine: IsolatedEngine,
) -> _Turn:
    # Each job has bytes of its own, as jobs from outside have.
    several = [_own(asked) for _ in range(jobs)]
    cpu, started = _cpu(engine), time.perf_counter()
    list(pool.map(run, several))
    return _Turn(time.perf_counter() - started, _cpu(engine) - cpu)


def _own(asked: RenderRequest) -> RenderRequest:
    copies = {digest: bytes(bytearray(data)) for digest, data in asked.sources.items()}
    return replace(asked, sources=copies)


def _cpu(engine: IsolatedEngine) -> float:
    """Return the seconds of CPU of this process, the nursery and the children."""
    nursery = engine._nursery._launched._process.pid  # noqa: SLF001 - to find the children
    listed = Path(f"/proc/{nursery}/task/{nursery}/children").read_text(encoding="ascii")
    return time.process_time() + sum(_spent(int(child)) for child in (nursery, *listed.split()))


def _spent(process: int) -> float:
    """Return the seconds of CPU of a process, its ended threads included, by the kernel's clock."""
    return time.clock_gettime(~process << 3 | _CPU_OF_A_PROCESS)


def _replacement(engine: IsolatedEngine) -> bool:
    """Print how long it takes until a new child is ready."""
    spent = []
    for _ in range(20):
        started = time.perf_counter()
        child = engine._nursery.child(engine._isolation)  # noqa: SLF001 - what is measured
        spent.append(1000 * (time.perf_counter() - started))
        child.kill()
    median = statistics.median(spent)
    met = median < _READY_BAR
    print(
        f"a new child is ready in {median:.0f} ms (least {min(spent):.0f}, most {max(spent):.0f});"
        f" bar {_READY_BAR}: {_verdict(met)}"
    )
    return met


def _overload(engine: IsolatedEngine, asked: RenderRequest, options: Any) -> bool:
    """Print what is done at ten times the capacity, and how fast the rest is refused."""
    with ThreadPoolExecutor(options.children) as pool:
        started = time.perf_counter()
        list(pool.map(engine.run, [_own(asked) for _ in range(options.jobs * 4)]))
        capacity = options.jobs * 4 / (time.perf_counter() - started)
    callers, apart = _CALLERS, 1 / (_TIMES * capacity)
    done: list[float] = []
    refused: list[float] = []
    ends = time.perf_counter() + options.seconds
    arrivals = iter(range(10**9))
    began, lock = time.perf_counter(), threading.Lock()

    def call() -> None:
        """Send jobs at their times; a caller that is still busy then sends the next one late."""
        while True:
            with lock:
                due = began + next(arrivals) * apart
            if due >= ends:
                return
            time.sleep(max(0, due - time.perf_counter()))
            sent = time.perf_counter()
            try:
                engine.run(asked, patient=False)
            except OverloadedError:
                refused.append(1000 * (time.perf_counter() - sent))
            else:
                done.append(time.perf_counter() - sent)

    threads = [threading.Thread(target=call) for _ in range(callers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rate = len(done) / (time.perf_counter() - began)
    share, slow = rate / capacity, _percentile(refused, 99)
    met = share >= _GOODPUT_BAR and slow < _REFUSAL_BAR
    print(
        f"{_TIMES} times the capacity of {capacity:.1f} jobs/s for {options.seconds:g} s: "
        f"{len(done)} done ({share:.2f} of the capacity; 99 % within {_percentile(done, 99):.1f} s)"
        f", {len(refused)} refused (99 % within {slow:.0f} ms); bars {_GOODPUT_BAR} and "
        f"{_REFUSAL_BAR} ms: {_verdict(met)}"
    )
    return met


def _percentile(values: list[float], percent: int) -> float:
    ordered = sorted(values) or [0.0]
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


def _verdict(met: bool) -> str:  # noqa: FBT001 - it is told, not switched
    return "met" if met else "NOT MET"


if __name__ == "__main__":
    sys.exit(main())
