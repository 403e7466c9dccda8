"""What `image-worker process` costs beside the picture: `python -m benchmarks.command`.

The command and a program that only gives the same recipe to the engine take turns, each in a fresh
process; what is told is CPU time, user and system.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import pyvips

_BAR = 0.25
_WIDTH = 800
_ENGINE = """
import sys
from pathlib import Path
from image_worker.engine import InProcessEngine, RenderRequest
from image_worker.limits import Limits
recipe, source, target = sys.argv[1:]
sources = {"0" * 64: Path(source).read_bytes()}
Path(target).write_bytes(InProcessEngine().run(RenderRequest(recipe, sources, Limits())).data)
"""
_RECIPE = {
    "image": {"given": "0" * 64},
    "operations": [{"type": "resize", "params": {"width": _WIDTH}}],
    "output": {"format": "WEBP"},
}


def main() -> int:
    """Print both; the status is 1 if the bar is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.command", description=__doc__)
    parser.add_argument("--rounds", type=int, default=9, help="turns of each")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        source, target = f"{folder}/photo.jpg", f"{folder}/small.webp"
        Path(source).write_bytes(_photograph())
        engine = [sys.executable, "-c", _ENGINE, json.dumps(_RECIPE), source, target]
        command = [sys.executable, "-m", "image_worker", "process", source, target]
        command += ["resize", "--width", str(_WIDTH)]
        turns = [(_cpu(engine), _cpu(command)) for _ in range(options.rounds)]
    least = [min(side) for side in zip(*turns, strict=True)]
    median = statistics.median(ours - engine for engine, ours in turns)
    beyond = least[1] - least[0]
    met = beyond <= _BAR
    print(
        f"engine {least[0]:.2f} s of CPU, command {least[1]:.2f} s: {beyond:.2f} s beyond (least "
        f"of {options.rounds}; median of differences {median:.2f}); load {os.getloadavg()[0]:.1f}; "
        f"bar {_BAR}: {'met' if met else 'NOT MET'}"
    )
    return 0 if met else 1


def _photograph() -> bytes:
    ramp = pyvips.Image.xyz(1600, 1200)
    noise = pyvips.Image.gaussnoise(1600, 1200, mean=0, sigma=20, seed=1)
    bands = [((ramp[0] / 8 + noise) * part) for part in (1, 0.8, 0.6)]
    image = bands[0].bandjoin(bands[1:]).cast("uchar").copy(interpretation="srgb")
    return bytes(image.jpegsave_buffer(Q=85))


def _cpu(command: list[str]) -> float:
    """Return the seconds of CPU that a process takes from its start to its end."""
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"failed: {' '.join(command[1:])}")
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    sys.exit(main())
