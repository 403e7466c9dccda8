"""Processes that are killed from outside, under load."""

from __future__ import annotations

import base64
import contextlib
import itertools
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fuzz.figures import Figure, done, none
from fuzz.stage import Stage, descendants
from tests.pictures import encoded, photograph

if TYPE_CHECKING:
    from fuzz.plan import Plan

SECONDS = 120
_EVERY_SECONDS = 2
_ORPHAN_SECONDS = 2.0
_ROUNDS = 5


def run(plan: Plan) -> list[Figure]:
    """Kill a child every two seconds, and then parents."""
    return [*_children_killed(plan), *_parents_killed(plan)]


def _children_killed(plan: Plan) -> list[Figure]:
    rng = random.Random(plan.seed)  # noqa: S311 - it must come out the same again
    kills, ending = 0, threading.Event()
    wrong: list[str] = []
    numbers = itertools.count()
    with Stage(keep=plan.keep) as stage:

        def load() -> None:
            while not ending.is_set():
                width = 50 + next(numbers) % 400
                answer = stage.ask(_job(width))
                if not answer["success"] or answer["metadata"]["width"] != width:
                    wrong.append(str(answer.get("code")))

        stage.ask(_job(50))
        before = stage.engine.load().counts
        threads = [threading.Thread(target=load) for _ in range(stage.children + 1)]
        for thread in threads:
            thread.start()
        for _ in range(max(2, plan.scaled(SECONDS // _EVERY_SECONDS))):
            ending.wait(_EVERY_SECONDS)
            children = sorted(_children())
            if children:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(rng.choice(children), signal.SIGKILL)
                    kills += 1
        ending.set()
        for thread in threads:
            thread.join()
        counts = stage.engine.load().counts
        asked = stage.notes.tried - 1
        return [
            Figure("children killed", kills),
            Figure("jobs meanwhile", asked),
            none("jobs lost, or answered with another's picture", len(wrong)),
            none("jobs done twice, or never", abs(counts["finished"] - before["finished"] - asked)),
            Figure("children whose job was tried again", counts["crashes"] - before["crashes"]),
        ]


def _job(width: int) -> dict[str, Any]:
    return {"image": _IMAGE, "operations": [{"type": "resize", "params": {"width": width}}]}


_IMAGE = {
    "base64": base64.b64encode(encoded(photograph(size=(1600, 1200)), "JPEG", quality=90)).decode()
}


def _children() -> set[int]:
    """Return those that work pictures, without the one that they are forked from."""
    ours = os.getpid()
    return {process for process in descendants() if _parent(process) != ours}


def _parent(process: int) -> int:
    with contextlib.suppress(OSError):
        return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
    return os.getpid()


_PARENT = """
import sys, threading
from fuzz.stage import Stage
from fuzz.suites.kills import _job
def load(stage):
    while True:
        stage.ask(_job(60))
with Stage() as stage:
    stage.engine.warm()
    several = [threading.Thread(target=load, args=[stage]) for _ in range(3)]
    for thread in several:
        thread.start()
    print("ready", flush=True)
    several[0].join()
"""


def _parents_killed(plan: Plan) -> list[Figure]:
    orphans = seen = 0
    rounds = plan.scaled(_ROUNDS)
    for _ in range(rounds):
        parent = subprocess.Popen(
            [sys.executable, "-c", _PARENT],
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        with parent:
            assert parent.stdout  # noqa: S101 - asked for above
            parent.stdout.readline()
            time.sleep(0.3)
            below = descendants(parent.pid)
            parent.kill()
        seen += len(below)
        orphans += len(_survivors(below, _ORPHAN_SECONDS))
    return [
        done("processes below the parents that were killed", seen, 3 * rounds),
        none("children that outlived their parent by two seconds", orphans),
    ]


def _survivors(processes: set[int], seconds: float) -> set[int]:
    end = time.monotonic() + seconds
    left = processes
    while left and time.monotonic() < end:
        time.sleep(0.02)
        left = {process for process in left if _lives(process)}
    return left


def _lives(process: int) -> bool:
    with contextlib.suppress(OSError):
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
        return state not in {"Z", "X"}
    return False
