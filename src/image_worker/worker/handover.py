"""Handing the results of a job over, and telling of it in an answer that is not too large."""

from __future__ import annotations

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from image_worker import catalog
from image_worker.errors import ImageWorkerError, ResultTooLargeError
from image_worker.job import failure
from image_worker.picture import Notice
from image_worker.sinks.base import Delivered
from image_worker.sinks.inline import Auto
from image_worker.sinks.parcel import Parcel
from image_worker.sinks.s3 import store

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from image_worker.sinks.base import Exits
    from image_worker.worker.outcome import Key, Outcome, Result
    from image_worker.worker.room import Room

_AT_ONCE = 4
"""Results of one job that are sent at the same time."""


@dataclass
class Handover:
    """The results of one job on their way out."""

    outcome: Outcome
    exits: Exits
    room: Room
    job: str
    """Name of the job."""
    notices: tuple[Notice, ...] = ()
    _handed: dict[Key, Delivered] = field(default_factory=dict)
    _started: float = field(default_factory=time.perf_counter)
    _milliseconds: float = 0.0

    def answer(self) -> dict[str, Any]:
        """Hand all results over and return the answer; raises an `ImageWorkerError`."""
        self.exits.cancel.check()
        results = self.outcome.results()
        away = [each for each in results if not each.delivery.inline]
        problem = self._send(away, lambda each, parcel: each.delivery.deliver(parcel, self.exits))
        if problem:
            told = self._fitting(**failure(problem))
            if told is None:
                raise problem
            return told
        automatic = [each for each in results if isinstance(each.delivery, Auto)]
        told = None if self._prefers_bucket() else self._fitting()
        if told is None and automatic:
            told = self._by_bucket(automatic)
        if told is None:
            raise self._too_large()
        return told

    def _prefers_bucket(self) -> bool:
        above = self.exits.prefer_bucket_above
        return above is not None and self.exits.storage.usual is not None and self._size() > above

    def _by_bucket(self, results: Sequence[Result]) -> dict[str, Any] | None:
        """Put these into the bucket, if there is one; where that fails they may still fit."""
        bucket = self.exits.storage.usual
        if bucket is None:
            return self._fitting()
        problem = self._send(results, lambda _, parcel: store(parcel, bucket, self.exits))
        if problem:
            self.notices = (Notice(problem.code, problem.message, problem.path),)
        told = self._fitting()
        if told is None and problem:
            raise problem
        return told

    def _send(
        self, results: Sequence[Result], send: Callable[[Result, Parcel], Delivered]
    ) -> ImageWorkerError | None:
        """Send these; return the first problem."""
        if not results:
            return None

        def attempt(result: Result) -> Delivered | ImageWorkerError:
            try:
                return send(result, self._parcel(result))
            except ImageWorkerError as error:
                return error.at(f"{result.path}.delivery")

        with ThreadPoolExecutor(min(_AT_ONCE, len(results))) as pool:
            came = list(pool.map(attempt, results))
        problems = [each for each in came if isinstance(each, ImageWorkerError)]
        self.exits.cancel.check()
        for result, each in zip(results, came, strict=True):
            if isinstance(each, Delivered):
                self._handed[result.key] = each
        return problems[0] if problems else None

    def _parcel(self, result: Result) -> Parcel:
        rendered = result.rendered
        known = rendered.format in catalog.FORMATS
        ext = catalog.FORMATS[rendered.format].suffix if known else rendered.format.lower()
        return Parcel(
            data=rendered.data,
            mime=rendered.mime,
            job=self.job,
            name=result.name,
            ext=ext.removeprefix("."),
            sha256=rendered.sha256,
        )

    def _fitting(self, **more: Any) -> dict[str, Any] | None:
        """Return the answer, with all pictures in it that are nowhere else, if it fits."""
        self._milliseconds = round((time.perf_counter() - self._started) * 1000, 2)
        if not self.room.take(self._size(**more)):
            return None
        return self._written({each.key: each.text() for each in self._missing()}, more)

    def _size(self, **more: Any) -> int:
        """Return the bytes of the answer as JSON, for which no picture is written out yet."""
        marks = {each.key: os.urandom(8).hex() for each in self._missing()}
        draft = self._written({key: Delivered(mark) for key, mark in marks.items()}, more)
        text = json.dumps(draft, ensure_ascii=False)
        return len(text.encode(errors="surrogatepass")) + sum(
            text.count(marks[each.key]) * (each.length - len(marks[each.key]))
            for each in self._missing()
        )

    def _written(self, inside: Mapping[Key, Delivered], more: Mapping[str, Any]) -> dict[str, Any]:
        answer = self.outcome.answer(
            {**self._handed, **inside}, milliseconds=self._milliseconds, notices=self.notices
        )
        return {**answer, **more}

    def _missing(self) -> list[Result]:
        return [each for each in self.outcome.results() if each.key not in self._handed]

    def _too_large(self) -> ResultTooLargeError:
        return ResultTooLargeError(
            f"the answer would have {self._size()} bytes, and {self.room.left} are left for it; "
            "ask for a smaller size, a lower quality, another format or max_bytes, or have the "
            "result put into a bucket",
            path="output",
        )
