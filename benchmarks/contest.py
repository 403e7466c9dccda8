"""Runs the contestants of a workload in turn, each in a process of its own."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.agreement import Judged, judge
from benchmarks.installing import ROOT, environment
from benchmarks.peers import PEERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from benchmarks.installing import Environments
    from benchmarks.workloads import Workload

_FEWEST = 3


@dataclass(frozen=True, slots=True)
class Score:
    """What one contestant took for a workload."""

    cpu: float
    """Milliseconds of all threads, user and system: the least of all turns."""
    wall: float
    """Milliseconds, likewise."""
    peak: float
    """Megabytes by which the process grew over its idle state."""
    ratio: float
    """Ours as a share of this one's CPU time: the median of all turns."""
    judged: Judged | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """A workload and all its scores by contestant."""

    workload: Workload
    scores: Mapping[str, Score]
    failed: Mapping[str, str] = field(default_factory=dict)
    """Why a contestant has none."""


class Child:
    """A contestant, doing the job whenever it is asked to."""

    def __init__(self, command: list[str]) -> None:
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the process
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            cwd=ROOT,
            env=environment(),
            # On one processor: libvips hands pixels from thread to thread, and between
            # processors that costs a fifth of the time.
            preexec_fn=_pin,  # noqa: PLW1509 - no threads are here
        )

    def ask(self, line: str = "") -> dict[str, Any]:
        """Have the job done, or its last result written; raises a `RuntimeError`."""
        pipe, answers = self._process.stdin, self._process.stdout
        try:
            if pipe and answers:
                pipe.write(f"{line}\n")
                pipe.flush()
                told: dict[str, Any] = json.loads(answers.readline())
                return told
        except (OSError, ValueError):
            pass
        self._process.kill()
        self._process.wait()
        self._errors.seek(0)
        said = self._errors.read().decode(errors="replace").strip().splitlines()
        raise RuntimeError(said[-1] if said else "it ended without a word")

    def stop(self) -> None:
        """End the process."""
        if self._process.poll() is None:
            self._process.communicate()
        self._errors.close()


def contest(workload: Workload, picture: Path, rounds: int, environments: Environments) -> Result:
    """Return all scores; the first round only warms up, but counts for memory."""
    job = json.dumps(workload.job)
    children: dict[str, Child] = {}
    failed: dict[str, str] = {}
    for name in ("ours", *workload.peers):
        command = environments.command(PEERS[name], job, picture)
        if command is None:
            failed[name] = environments.missing[PEERS[name].environment]
        else:
            children[name] = Child(command)
    count = max(_FEWEST, round(rounds * workload.rounds)) + 1
    turns = [_round(children, failed) for _ in range(count)]
    judged = _judged(workload, picture, children)
    for child in children.values():
        child.stop()
    scores = {name: _score(name, turns, judged.get(name)) for name in children}
    return Result(workload, scores, failed)


def _round(children: dict[str, Child], failed: dict[str, str]) -> dict[str, dict[str, float]]:
    turn = {}
    for name, child in list(children.items()):
        try:
            turn[name] = child.ask()
        except RuntimeError as error:
            if name == "ours":
                raise
            failed[name] = str(error)
            children.pop(name).stop()
    return turn


def _judged(workload: Workload, picture: Path, children: Mapping[str, Child]) -> dict[str, Judged]:
    """Have every contestant's last result looked at."""
    with tempfile.TemporaryDirectory() as folder:
        told = {}
        for name, child in children.items():
            path = Path(folder) / name
            told[name] = (path, child.ask(str(path)))
        return judge(workload, picture, told)


def _score(name: str, turns: list[dict[str, dict[str, float]]], judged: Judged | None) -> Score:
    timed = turns[1:]
    return Score(
        cpu=1000 * min(turn[name]["cpu"] for turn in timed),
        wall=1000 * min(turn[name]["wall"] for turn in timed),
        peak=turns[-1][name]["peak"],
        ratio=statistics.median(turn["ours"]["cpu"] / turn[name]["cpu"] for turn in timed),
        judged=judged,
    )


def _pin() -> None:
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
