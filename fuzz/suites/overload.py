"""Ten times more callers than can be served."""

from __future__ import annotations

import base64
import itertools
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from fuzz.figures import Figure, done, none
from fuzz.stage import Stage
from image_worker.worker import Ticket
from tests.pictures import encoded, photograph

if TYPE_CHECKING:
    from fuzz.plan import Plan

TIMES = 10
SECONDS = 30
REFUSED_SECONDS = 0.05
SERVED_SHARE = 0.9
_MOST_THREADS = 400


def run(plan: Plan) -> list[Figure]:
    """Measure what can be served, offer ten times as much, and see what is."""
    seconds = max(2, plan.scaled(SECONDS))
    with Stage(keep=plan.keep) as stage:
        stage.engine.warm()
        capacity = _closed(stage, seconds / 2)
        served, refused, other = _open(stage, seconds, capacity * TIMES)
    slowest = sorted(refused)[int(len(refused) * 0.99) - 1] if refused else 0.0
    return [
        Figure("capacity", capacity, unit="/s"),
        Figure("offered", (served + len(refused) + len(other)) / seconds, unit="/s"),
        Figure(
            "share of capacity that is still served",
            served / seconds / capacity,
            SERVED_SHARE,
            least=True,
            measured=True,
        ),
        done("refused", len(refused), 1),
        Figure("refused within, 99 of 100", slowest, REFUSED_SECONDS, "s", measured=True),
        none(f"answers of another kind {sorted(set(other))}", len(other)),
    ]


def _closed(stage: Stage, seconds: float) -> float:
    """Return jobs a second when callers wait for each answer."""
    end, counted = time.monotonic() + seconds, itertools.count()

    def ask() -> None:
        while time.monotonic() < end:
            stage.worker.answer(_JOB)
            next(counted)

    threads = [threading.Thread(target=ask) for _ in range(stage.children + 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return next(counted) / seconds


def _open(stage: Stage, seconds: float, rate: float) -> tuple[int, list[float], list[str]]:
    """Offer jobs at a rate; return how many were served, how long refusals took, and the rest."""
    served: list[float] = []
    refused: list[float] = []
    other: list[str] = []

    def ask() -> None:
        started = time.monotonic()
        answer = stage.worker.answer(_JOB, Ticket(patient=False))
        took = time.monotonic() - started
        if answer["success"]:
            if time.monotonic() < end:
                served.append(took)
        elif answer["code"] == "overloaded":
            refused.append(took)
        else:
            other.append(str(answer["code"]))

    begun = time.monotonic()
    end = begun + seconds
    with ThreadPoolExecutor(_MOST_THREADS) as pool:
        for number in itertools.count():
            due = begun + number / rate
            if due >= end:
                break
            time.sleep(max(0.0, due - time.monotonic()))
            pool.submit(ask)
    return len(served), refused, other


_JOB: dict[str, Any] = {
    "image": {
        "base64": base64.b64encode(
            encoded(photograph(size=(4000, 3000)), "JPEG", quality=85)
        ).decode()
    },
    "operations": [{"type": "resize", "params": {"width": 800}}],
    "cache": "off",  # or equal jobs at once would be done once
}
