"""Measures this worker against its peers, and says of every bar whether it is met."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import saving
from benchmarks.chart import chart
from benchmarks.contest import contest
from benchmarks.growth import growth
from benchmarks.inputs import write
from benchmarks.installing import install
from benchmarks.routes import routes, soak
from benchmarks.table import markdown, plain, rows
from benchmarks.techniques import techniques
from benchmarks.verdicts import remarks, verdicts
from benchmarks.workloads import NAMES

if TYPE_CHECKING:
    from benchmarks.contest import Result
    from benchmarks.installing import Environments
    from benchmarks.verdicts import Verdict

_MORE = ("around", "soak")
_APART = ("growth", "techniques")
_LEGEND = """
ms: CPU milliseconds (user and system, all threads) of one job on one processor, the least of all
turns, in which the contestants alternate. "of ...": our CPU time as a share of that contestant's,
the median of all turns; below 1 we are faster. Memory: growth over the idle process. SSIM: likeness
to the picture decoded in full, resampled as floats and never encoded. Codecs alone: libjpeg-turbo
(or libwebp, libpng) decodes as small as may be and encodes a finished picture, nothing between."""


def main() -> int:
    """Run everything; the status is 1 if a bar is missed."""
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    known = [*NAMES, *_MORE, *_APART]
    which = f"of {', '.join(known)}; default: all but the last two"
    parser.add_argument("names", nargs="*", help=which)
    parser.add_argument("--rounds", type=int, default=12, help="turns of each contestant")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    parser.add_argument("--save", action="store_true", help="also write tables and chart to docs/")
    options = parser.parse_args()
    names = options.names or [*NAMES, *_MORE]
    if wrong := [name for name in names if name not in known]:
        parser.error(f"expected some of {', '.join(known)}, got {', '.join(wrong)}")
    environments = install()
    with tempfile.TemporaryDirectory() as made:
        for name in filter(_APART.__contains__, names):
            _apart(name, Path(made), environments, save=options.save)
        names = [name for name in names if name not in _APART]
        if not names:
            return 0
        started = time.monotonic()
        results, bars = _measured(names, Path(made), options.rounds, environments)
    _tell(results, bars, as_json=options.json, seconds=time.monotonic() - started)
    if options.save:
        saving.replace("bench", _page(results, bars))
        saving.picture("bench.svg", chart(results))
    return 0 if all(bar.met for bar in bars) else 1


def _measured(
    names: list[str], folder: Path, rounds: int, environments: Environments
) -> tuple[list[Result], list[Verdict]]:
    results: list[Result] = []
    bars: list[Verdict] = []
    for name in names:
        print(f"{name} ...", file=sys.stderr, flush=True)
        if name == "around":
            bars += routes(write("12", folder))
        elif name == "soak":
            bars += soak()
        else:
            workload = NAMES[name]
            result = contest(workload, write(workload.input, folder), rounds, environments)
            results.append(result)
            bars += verdicts(result)
    return results, bars


def _tell(results: list[Result], bars: list[Verdict], *, as_json: bool, seconds: float) -> None:
    if as_json:
        told = [asdict(each) for each in results], [asdict(bar) for bar in bars]
        print(json.dumps(dict(zip(("results", "bars"), told, strict=True)), indent=2, default=str))
        return
    if results:
        print(plain(rows(results)))
        print(_LEGEND)
    print(f"\n{'bar':40}{'against':24}{'ratio':>8}{'bar':>8}")
    for bar in bars:
        print(bar.text)
    missed = sum(not bar.met for bar in bars)
    print(f"{len(bars) - missed} met, {missed} not met, in {seconds:.0f} seconds\n")
    for result in results:
        for remark in remarks(result):
            print(remark)


def _page(results: list[Result], bars: list[Verdict]) -> str:
    """Return the tables in Markdown."""
    head = ["work", "against", "ratio", "bar", ""]
    told = [head, *([bar.title, bar.against, *bar.figures] for bar in bars)]
    notes = [f"- {remark}" for result in results for remark in remarks(result)]
    parts = (saving.machine(), markdown(rows(results)), _LEGEND.strip(), markdown(told))
    return "\n\n".join([*parts, *(["Where the comparison is uneven:"] if notes else [])]) + (
        "\n\n" + "\n".join(notes) if notes else ""
    )


def _apart(name: str, folder: Path, environments: Environments, *, save: bool) -> None:
    """Print, and save, what is told by tables alone."""
    if name == "growth":
        tables = list(growth(folder, environments))
    else:
        tables = [("The same job with and without", techniques(folder, environments))]
    for title, table in tables:
        print(f"{title}\n{plain(table)}\n", flush=True)
    if save:
        parts = [f"**{title}**\n\n{markdown(table)}" for title, table in tables]
        saving.replace(name, "\n\n".join([saving.machine(), *parts]))


if __name__ == "__main__":
    sys.exit(main())
