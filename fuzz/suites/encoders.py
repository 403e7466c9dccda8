"""Work that no encoder stops on request: only the end of its process is a deadline."""

from __future__ import annotations

import base64
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fuzz.figures import Figure, done, none, timed
from fuzz.stage import GRACE_SECONDS, Stage, descendants
from tests.pictures import encoded, noise

if TYPE_CHECKING:
    from fuzz.plan import Plan

JOB_SECONDS = 1.0
_FREE_AFTER = 0.5
"""Seconds between an answer and the moment at which the processor must be free."""
_LOOK_SECONDS = 0.25
_ROUNDS = 4


def run(plan: Plan) -> list[Figure]:
    """Answer jobs that take far longer than they may."""
    # The limits would refuse some of them beforehand; here they must be stopped.
    raised = {"max_cost": 1e6, "max_avif_effort": 9}
    every = _jobs() * plan.scaled(_ROUNDS)
    stopped, busy = 0, 0.0
    with Stage(keep=plan.keep, job_seconds=JOB_SECONDS, **raised) as stage:
        stage.all_controls()
        for number, job in enumerate(every):
            answer = stage.ask(job)
            stopped += answer.get("code") == "job_timeout"
            time.sleep(_FREE_AFTER)
            busy = max(busy, _busy())
            stage.control(number)
        return [
            *stage.notes.figures("encoder bombs", len(every)),
            done("stopped at the deadline", stopped, len(every)),
            timed("latest stop, after its deadline", max(0.0, stage.notes.overrun), GRACE_SECONDS),
            none("children at work half a second later", round(busy / _LOOK_SECONDS)),
        ]


def _jobs() -> list[dict[str, Any]]:
    image = {"base64": base64.b64encode(encoded(noise((400, 300)))).decode()}
    grow = {"type": "resize", "params": {"width": 4000, "height": 3000, "fit": "fill"}}
    blur = {"type": "filter", "params": {"name": "blur", "sigma": 250}}
    return [
        {"image": image, "operations": [grow], "output": {"format": "AVIF", "effort": 9}},
        {"image": image, "operations": [grow], "output": {"format": "GIF"}},
        {
            "image": image,
            "operations": [grow],
            "output": {"format": "PNG", "palette": True, "colors": 256},
        },
        {"image": image, "operations": [grow, *[blur] * 9], "output": {"format": "PNG"}},
    ]


def _busy() -> float:
    """Return the seconds of processor time that children take in the next quarter of one."""
    before = _spent()
    time.sleep(_LOOK_SECONDS)
    return _spent() - before


def _spent() -> float:
    ticks = 0
    for process in descendants():
        try:
            after = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += int(after[11]) + int(after[12])
    return ticks / os.sysconf("SC_CLK_TCK")
