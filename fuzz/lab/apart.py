"""Runs one suite within a ground, as a process of its own."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from dataclasses import asdict
from pathlib import Path

from fuzz.lab.ground import Ground
from fuzz.plan import Plan


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("suite")
    parser.add_argument("--whole", action="store_true")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--scale", type=float)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    plan = Plan(options.seed, options.scale, options.keep)
    with Ground(whole=options.whole) as ground:
        figures = importlib.import_module(f"fuzz.suites.{options.suite}").within(ground, plan)
    json.dump([asdict(figure) for figure in figures], sys.stdout)


if __name__ == "__main__":
    main()
