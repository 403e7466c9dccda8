"""The worker that is attacked, and the notes that are taken of its answers."""

from __future__ import annotations

import contextlib
import json
import os
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Self
from unittest import mock

from fuzz import judge
from fuzz.figures import Figure, done, none, timed
from fuzz.inputs import controls
from image_worker.runpod_worker import answers
from image_worker.runpod_worker.service import Service
from image_worker.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from fuzz.plan import Plan

Json = dict[str, Any]

GRACE_SECONDS = 0.5
_MOST_KEPT = 3
_CONTROL_EVERY = 25
_HANDLER_EVERY = 4


class Event(dict[str, Any]):
    """A job with what stands beside it on RunPod."""


@dataclass
class Notes:
    """What was seen."""

    tried: int = 0
    answered: Counter[str] = field(default_factory=Counter)
    """How often each code came; `ok` for pictures."""
    problems: Counter[str] = field(default_factory=Counter)
    overrun: float = 0.0
    """Seconds by which the latest answer was late; negative if none was."""
    slowest: float = 0.0
    controls: int = 0
    changed: int = 0
    """Control pictures that came out otherwise than before."""

    def count(self, word: str) -> int:
        """Return how many problems begin with the word."""
        return sum(times for text, times in self.problems.items() if text.startswith(f"{word}:"))

    def figures(self, what: str, asked: int) -> list[Figure]:
        """Return what holds for every answer."""
        return [
            done(what, self.tried, asked),
            none("crashes that a caller saw", self.count("crash")),
            none("answers without a type", self.count("untyped")),
            none("wrong pictures", self.count("wrong")),
            none("things told that are not the caller's", self.count("leak")),
            timed("latest answer, after its deadline", max(0.0, self.overrun), GRACE_SECONDS),
            Figure("slowest answer", self.slowest, unit="s"),
            Figure("pictures among the answers", self.answered["ok"]),
            none(f"of {self.controls} healthy pictures, changed", self.changed),
        ]


class Stage:
    """A worker with its children, asked by as many threads as there are children.

    Every fourth job goes through the handler of the RunPod SDK.
    """

    def __init__(
        self, *, job_seconds: float = 10, children: int = 2, keep: Path | None = None, **more: Any
    ) -> None:
        self.job_seconds = job_seconds
        self.children = children
        self.notes = Notes()
        self._keep = keep
        self._kept: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._references: dict[int, str] = {}
        settings = {
            "isolated": True,
            "cache_bytes": 0,
            "job_timeout": job_seconds,
            "children": children,
            "svg": True,
            **more,
        }
        made = Settings(**settings)
        self.engine = made.engine()
        self.worker = made.worker(self.engine)
        service = Service(made, self.engine)
        maker = SimpleNamespace(service=lambda: service)
        self._patch = mock.patch.object(answers, "_MAKER", maker)

    def __enter__(self) -> Self:
        self._patch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._patch.stop()
        self.engine.close()

    def ask(self, payload: object, seconds: float | None = None) -> Json:
        """Answer a job, judged and noted; `seconds` is its deadline if it is another."""
        started = time.monotonic()
        if isinstance(payload, Event):
            answer = answers.handler(payload)
        elif self.notes.tried % _HANDLER_EVERY:
            answer = self.worker.answer(payload)
        else:
            answer = answers.handler({"id": "fuzz", "input": payload})
        self._note(payload, answer, time.monotonic() - started, seconds or self.job_seconds)
        return answer

    def run(self, payloads: Iterable[object], seconds: float | None = None) -> list[Json]:
        """Answer all jobs, on all children at once, with healthy pictures between them."""
        told: list[Json] = []

        def work(payload: object) -> None:
            told.append(self.ask(payload, seconds))
            if self.notes.tried % _CONTROL_EVERY == 0:
                self.control(random.randrange(controls.COUNT))  # noqa: S311 - any will do

        each(payloads, work, self.children)
        return told

    def control(self, number: int) -> None:
        """Do a healthy picture, which must come out as it did the first time."""
        answer = self.worker.answer(controls.job(number))
        picture = answer.get("processed_image") or json.dumps(answer)
        with self._lock:
            self.notes.controls += 1
            wrong = self._references.setdefault(number, picture) != picture or not answer["success"]
            self.notes.changed += wrong
        if wrong:
            self._keep_finding("changed", controls.job(number), answer)

    def all_controls(self) -> None:
        """Do every healthy picture."""
        each(range(controls.COUNT), self.control, self.children)

    def _note(self, payload: object, answer: Json, took: float, seconds: float) -> None:
        found = judge.problems(payload, answer)
        with self._lock:
            notes = self.notes
            notes.tried += 1
            right = answer.get("succeeded", answer.get("success"))
            notes.answered["ok" if right else str(answer.get("code"))] += 1
            notes.slowest = max(notes.slowest, took)
            notes.overrun = max(notes.overrun, took - seconds)
            notes.problems.update(found)
        if took > seconds + GRACE_SECONDS:
            found = [*found, f"late: {took:.1f} s"]
        for problem in found:
            self._keep_finding(problem, payload, answer)

    def _keep_finding(self, problem: str, payload: object, answer: Json) -> None:
        """Keep what shows a problem, so that it can be seen again."""
        self._kept[problem] += 1
        if self._keep is None or self._kept[problem] > _MOST_KEPT:
            return
        name = "".join(mark if mark.isalnum() else "-" for mark in problem)[:60]
        self._keep.mkdir(parents=True, exist_ok=True)
        file = self._keep / f"{name}-{time.monotonic_ns()}.json"
        with contextlib.suppress(OSError):
            file.write_text(
                json.dumps({"problem": problem, "job": payload, "answer": answer}, default=repr)
            )


def each(items: Iterable[Any], work: Callable[[Any], object], threads: int) -> None:
    """Do the work for every item on several threads; items are made one at a time."""
    source, lock = iter(items), threading.Lock()
    failures: list[BaseException] = []

    def drain() -> None:
        try:
            for item in _shared(source, lock):
                work(item)
        except BaseException as error:  # noqa: BLE001 - raised again below
            failures.append(error)

    several = [threading.Thread(target=drain) for _ in range(threads)]
    for thread in several:
        thread.start()
    for thread in several:
        thread.join()
    for failure in failures:
        raise failure


def answered(plan: Plan, jobs: Iterable[Any], what: str, count: int) -> list[Figure]:
    """Have jobs answered between two rounds of healthy pictures, and return what was seen."""
    with Stage(keep=plan.keep) as stage:
        stage.all_controls()
        stage.run(jobs)
        stage.all_controls()
        return stage.notes.figures(what, count)


def _shared(source: Iterator[Any], lock: threading.Lock) -> Iterator[Any]:
    end = object()
    while True:
        with lock:
            item = next(source, end)
        if item is end:
            return
        yield item


def descendants(of: int | None = None) -> set[int]:
    """Return the processes below one, by default below this one."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                after = (entry / "stat").read_text().rpartition(")")[2].split()
                parents[int(entry.name)] = int(after[1])
    found, border = set(), {os.getpid() if of is None else of}
    while border:
        border = {child for child, parent in parents.items() if parent in border} - found
        found |= border
    return found
