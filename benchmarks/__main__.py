"""Measures this worker against its peers and prints a table."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from benchmarks.contest import contest
from benchmarks.picture import SIZE, photograph
from benchmarks.workloads import WORKLOADS

_LEGEND = """
A JPEG of {width}x{height}, 4:2:0, quality 90. CPU milliseconds (user and system, all threads) of
one job on one processor, the least of {rounds} rounds, in which the contestants take turns; the
ratio is that of these, and beside it stands the median of the rounds' ratios. Peak: growth of the
process over its idle state, in megabytes.
engine: this worker's engine within its process, one thread.
tutorial: the tutorial's steps in Pillow and numpy, its resize into a box mended; one thread.
apart: the engine again, with a job for each width.
A bar is met when the ratio is within it, and the engine's peak is no higher than the tutorial's."""


def main() -> int:
    """Run the workloads; the status is 1 if a bar is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("workloads", nargs="*", help="names; all if none is given")
    parser.add_argument("--rounds", type=int, default=15, help="turns of each contestant")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = parser.parse_args()
    known = {workload.name: workload for workload in WORKLOADS}
    wrong = [name for name in options.workloads if name not in known]
    if wrong:
        parser.error(f"expected some of {', '.join(known)}, got {', '.join(wrong)}")
    with tempfile.NamedTemporaryFile(suffix=".jpg") as file:
        file.write(photograph())
        file.flush()
        results = [
            contest(known[name], Path(file.name), options.rounds)
            for name in options.workloads or known
        ]
    if options.json:
        print(json.dumps(results, indent=2))
    else:
        _table(results, options.rounds)
    return 0 if all(result["met"] for result in results) else 1


def _table(results: list[dict], rounds: int) -> None:
    print(f"{'':29}{'CPU ms':>16}{'':26}{'peak MB':>12}")
    columns = ("engine", "peer", "ratio", "median", "bar", "engine", "peer")
    print(f"{'':29}" + "".join(f"{column:>9}" for column in columns))
    for result in results:
        cpu, peak = result["milliseconds"], result["megabytes"]
        print(
            f"{result['title']:29}{cpu['engine']:9.0f}{cpu[result['peer']]:9.0f}"
            f"{result['ratio']:9.2f}{result['median']:9.2f}{result['bar']:9.2f}"
            f"{peak['engine']:9.0f}{peak[result['peer']]:9.0f}  "
            f"against {result['peer']}: {'met' if result['met'] else 'NOT MET'}"
        )
    print(_LEGEND.format(width=SIZE[0], height=SIZE[1], rounds=rounds))


if __name__ == "__main__":
    sys.exit(main())
