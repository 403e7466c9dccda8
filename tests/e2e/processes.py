"""Runs the worker as its users do: in a process of its own, from the root of the project."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def environment(**more: str) -> dict[str, str]:
    """Return the environment without any of RunPod's or our variables."""
    foreign = ("RUNPOD_", "IMAGE_WORKER_", "PYTHON")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return {**kept, "PYTHONPATH": "src", **more}


def python(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run Python and return how it ended and what it said."""
    return subprocess.run(
        [sys.executable, *arguments],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment(**more),
        timeout=60,
    )
