"""Attacks this worker in every way that it promises to bear, and prints the figures."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from fuzz.plan import Plan
from fuzz.suites import SUITES

if TYPE_CHECKING:
    from fuzz.figures import Figure


def main() -> int:
    """Run the suites; the status is 1 if a bar is missed."""
    options = _options()
    results: dict[str, list[Figure]] = {}
    for name in options.suites or SUITES:
        started = time.monotonic()
        suite = importlib.import_module(f"fuzz.suites.{name}")
        results[name] = suite.run(Plan(options.seed, options.scale, options.keep))
        if not options.json:
            _show(name, suite.__doc__ or "", results[name], time.monotonic() - started)
    if options.json:
        figures = {name: [each.as_json() for each in several] for name, several in results.items()}
        print(json.dumps(figures, indent=2))
    met = all(figure.met() for several in results.values() for figure in several)
    if not met and options.keep:
        print(f"What shows the problems is in {options.keep}", file=sys.stderr)
    return 0 if met else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run fuzz", description=__doc__)
    parser.add_argument("suites", nargs="*", help=f"some of {', '.join(SUITES)}; default: all")
    parser.add_argument("--seed", type=int, default=1, help="other numbers give other input")
    parser.add_argument("--scale", type=float, default=1, help="share of the full counts")
    parser.add_argument("--keep", type=Path, help="folder for the jobs that show a problem")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    options = parser.parse_args()
    wrong = [name for name in options.suites if name not in SUITES]
    if wrong:
        parser.error(f"expected some of {', '.join(SUITES)}, got {', '.join(wrong)}")
    return options


def _show(name: str, about: str, figures: list[Figure], seconds: float) -> None:
    print(f"{name}: {about.splitlines()[0]} ({seconds:.0f} s)")
    for figure in figures:
        print(figure)
    print(flush=True)


if __name__ == "__main__":
    sys.exit(main())
