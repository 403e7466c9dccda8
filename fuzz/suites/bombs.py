"""Small files that would grow, asked for one at a time so that each can be measured."""

from __future__ import annotations

import base64
import contextlib
import statistics
import time
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from fuzz.figures import Figure, none, timed
from fuzz.inputs.bombs import Bomb, bombs
from fuzz.stage import Stage, descendants

if TYPE_CHECKING:
    from fuzz.plan import Plan

COUNT = 200
REFUSED_SECONDS = 0.1
REFUSED_MEGABYTES = 50


def run(plan: Plan) -> list[Figure]:
    """Answer bombs; those that a header gives away must be refused fast and in little memory."""
    count = plan.scaled(COUNT)
    every = max(1, int(1 / plan.scale)) if plan.scale < 1 else 1
    seconds: dict[str, float] = {}
    megabytes: dict[str, float] = {}
    every_time: dict[str, float] = {}
    opened = tried = 0
    with Stage(keep=plan.keep) as stage:
        stage.all_controls()
        for bomb in islice(bombs(), 0, None, every):
            tried += 1
            answer, took, grown = _measured(stage, bomb)
            every_time[bomb.name] = took
            if bomb.refused:
                opened += bool(answer["success"])
                seconds[bomb.name] = took
                megabytes[bomb.name] = grown
            stage.control(tried % 100)
        stage.all_controls()
        return [
            *stage.notes.figures("bombs", min(count, tried)),
            Figure(f"slowest: {_most(every_time)}", max(every_time.values()), unit="s"),
            none(f"of {len(seconds)} that must be refused, opened", opened),
            timed("refused in, median", statistics.median(seconds.values()), REFUSED_SECONDS),
            timed(f"refused in, slowest: {_most(seconds)}", max(seconds.values()), REFUSED_SECONDS),
            Figure(
                f"growth of a child: {_most(megabytes)}",
                max(megabytes.values()),
                REFUSED_MEGABYTES,
                "MB",
                measured=True,
            ),
        ]


def _most(values: dict[str, float]) -> str:
    return max(values, key=values.__getitem__)


def _measured(stage: Stage, bomb: Bomb) -> tuple[dict[str, object], float, float]:
    """Return the answer, its seconds, and the megabytes by which a child grew meanwhile."""
    payload = {
        "image": {"base64": base64.b64encode(bomb.data).decode()},
        "operations": [{"type": "resize", "params": {"width": 32}}],
        "output": {"format": "PNG"},
    }
    before = {child: _peak(child, afresh=True) for child in descendants()}
    started = time.monotonic()
    answer = stage.ask(payload)
    took = time.monotonic() - started
    grown = [_peak(child) - peak for child, peak in before.items()]
    return answer, took, max(grown, default=0)


def _peak(process: int, *, afresh: bool = False) -> float:
    """Return the most megabytes that a process held, or holds from now on; 0 if it is gone."""
    folder = Path(f"/proc/{process}")
    with contextlib.suppress(OSError):
        if afresh:
            (folder / "clear_refs").write_text("5")
        lines = (folder / "status").read_text().splitlines()
        peaks = (int(line.split()[1]) / 1000 for line in lines if line.startswith("VmHWM"))
        return next(peaks, 0)
    return 0
