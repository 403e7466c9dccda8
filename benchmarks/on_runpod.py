"""Compares this worker with the tutorial's under RunPod's SDK: `python -m benchmarks.on_runpod`."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

from benchmarks import backlog, cold_start, worker_soak

if TYPE_CHECKING:
    from benchmarks.workers import Row

_MEASURES = {
    "cold_start": cold_start.measure,
    "backlog": backlog.measure,
    "soak": worker_soak.measure,
}
_LEGEND = """
Both workers run under the same SDK, in turn, against a platform on the loopback; the SDK's own
checks of the machine are off for both. checked: with the test of every format. The least time of a
start counts, the median of rates. Memory is that of all processes of a worker, shared pages counted
once."""


def main() -> int:
    """Run the measurements; the status is 1 if a bar is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.on_runpod", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"some of {', '.join(_MEASURES)}; else all")
    parser.add_argument("--rounds", type=int, help="turns of each worker")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = parser.parse_args()
    if wrong := set(options.names) - set(_MEASURES):
        parser.error(f"expected some of {', '.join(_MEASURES)}, got {', '.join(sorted(wrong))}")
    rounds = {"rounds": options.rounds} if options.rounds else {}
    rows = [row for name in options.names or _MEASURES for row in _MEASURES[name](**rounds)]
    if options.json:
        print(json.dumps([asdict(row) | {"ratio": row.ratio, "met": row.met} for row in rows]))
    else:
        _table(rows)
    return 0 if all(row.met for row in rows) else 1


def _table(rows: list[Row]) -> None:
    print(f"{'':30}{'':8}{'ours':>9}{'peer':>9}{'ratio':>8}{'bar':>8}")
    for row in rows:
        sign = ">=" if row.more_is_better else "<="
        bar = "" if row.bar is None else f"{sign} {row.bar:g}"
        verdict = "" if row.bar is None else (": met" if row.met else ": NOT MET")
        print(
            f"{row.title:30}{row.unit:8}{row.ours:9.2f}{row.peer:9.2f}{row.ratio:8.2f}{bar:>8}"
            f"  against {row.against}{verdict}"
        )
    print(_LEGEND)


if __name__ == "__main__":
    sys.exit(main())
