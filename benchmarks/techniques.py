"""What single techniques and settings bring: the same job with and without, in turns."""

from __future__ import annotations

import json
import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from benchmarks.contest import Child
from benchmarks.inputs import write
from benchmarks.peers import PEERS
from benchmarks.workloads import NAMES, Workload

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.installing import Environments

_TURNS = 6


@dataclass(frozen=True, slots=True)
class Technique:
    """A job with it, and another one without."""

    title: str
    workload: Workload
    without: dict[str, Any]
    """What the other job has that this one has not."""
    peers: tuple[str, str] = ("ours", "ours")


def _output(name: str, **changes: Any) -> dict[str, Any]:
    return {"output": {**NAMES[name].job["output"], **changes}}


_EXACT = {"plan": "exact"}
_OFF = {"cache": "off"}
_TECHNIQUES = (
    Technique("decoder shrinks, 800 wide", NAMES["width"], _EXACT),
    Technique("decoder shrinks behind a crop", NAMES["crop"], _EXACT),
    Technique("decoder shrinks, 4:4:4", NAMES["444"], _EXACT),
    Technique("last scans of a progressive JPEG left out", NAMES["eighth"], _EXACT),
    Technique("one decode for four widths", NAMES["renditions"], {}, ("ours", "apart")),
    Technique("no children, 800 wide", NAMES["width"], {}, ("ours", "isolated")),
    Technique("AVIF effort 2 instead of 4", NAMES["avif"], _output("avif", effort=4)),
    Technique("WebP effort 4 instead of 2", NAMES["webp"], _output("webp", effort=2)),
    Technique("result from memory, 800 wide", NAMES["width"], _OFF, ("kept", "kept")),
    Technique("result from a folder, 800 wide", NAMES["width"], _OFF, ("folder", "folder")),
)


def techniques(folder: Path, environments: Environments) -> list[list[str]]:
    """Return a table."""
    table = [["technique", "with: CPU ms", "MB", "bytes", "without: CPU ms", "MB", "bytes", "CPU"]]
    for each in _TECHNIQUES:
        picture = write(each.workload.input, folder)
        jobs = (each.workload.job, {**each.workload.job, **each.without})
        children = [
            Child(environments.command(PEERS[peer], json.dumps(job), picture) or [])
            for peer, job in zip(each.peers, jobs, strict=True)
        ]
        turns = [[child.ask() for child in children] for _ in range(_TURNS)][1:]
        written = [child.ask(str(folder / "result"))["bytes"] for child in children]
        for child in children:
            child.stop()
        row = [each.title]
        for side in (0, 1):
            cpu = 1000 * min(turn[side]["cpu"] for turn in turns)
            peak = turns[-1][side]["peak"]
            row += [f"{cpu:.1f}", f"{peak:.0f}", f"{written[side]:,}"]
        ratio = statistics.median(turn[0]["cpu"] / turn[1]["cpu"] for turn in turns)
        table.append([*row, f"{ratio:.2f}"])
    return table
