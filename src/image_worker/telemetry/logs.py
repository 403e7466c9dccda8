"""Lines in the log: JSON where programs read them, short where a person does."""

from __future__ import annotations

import json
import logging
import sys
import threading
from typing import TYPE_CHECKING, Any, TextIO

from image_worker.telemetry.facts import DONE

if TYPE_CHECKING:
    from image_worker.telemetry.facts import Facts

Json = dict[str, Any]

_MOST_OPERATIONS = 50
_LEVELS = {"WARNING": "WARN", "CRITICAL": "ERROR"}
"""Names that RunPod has for Python's levels."""


class JobLog:
    """Writes one line for each job."""

    def __init__(self, stream: TextIO | None = None, *, as_json: bool | None = None) -> None:
        """Write to a stream; JSON unless that is a terminal, or as is said."""
        self._stream = stream or sys.stdout
        self._as_json = not self._stream.isatty() if as_json is None else as_json
        self._lock = threading.Lock()

    def write(self, facts: Facts) -> None:
        """Write the line of a job; lines of jobs that end at once do not mix."""
        line = json.dumps(entry(facts)) if self._as_json else sentence(facts)
        with self._lock:
            self._stream.write(f"{line}\n")
            self._stream.flush()


def entry(facts: Facts) -> Json:
    """Return what is told of a job, under the keys by which RunPod's console finds it."""
    told = {
        "bytes_in": facts.bytes_in,
        "bytes_out": facts.bytes_out or None,
        "operations": list(facts.operations[:_MOST_OPERATIONS]) or None,
        "formats": list(dict.fromkeys(facts.formats)) or None,
        "cache": _one_or_counts(facts.caches),
        "items": facts.items,
        "failed": facts.failed if facts.items is not None else None,
    }
    return {
        "requestId": facts.id,
        "message": _message(facts),
        "level": "INFO",
        "result": facts.result,
        "ms": {"total": _milliseconds(facts), **facts.spans},
        **{key: value for key, value in told.items() if value is not None},
    }


def sentence(facts: Facts) -> str:
    """Return what a person wants to know of a job."""
    parts = [facts.id, _message(facts), f"{_milliseconds(facts):.0f} ms"]
    if facts.operations:
        parts.append(" > ".join(facts.operations[:_MOST_OPERATIONS]))
    if facts.bytes_out:
        parts.append(f"{facts.bytes_out:,} bytes")
    if facts.caches:
        parts.append(f"cache {_one_or_counts(facts.caches)}")
    return " | ".join(parts)


class JsonLines(logging.Formatter):
    """Formats everything else that is logged with the same keys."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line, with the traceback in the message if there is one."""
        level = _LEVELS.get(record.levelname, record.levelname)
        message = super().format(record)
        return json.dumps({"requestId": None, "message": message, "level": level})


def configure(stream: TextIO | None = None, *, as_json: bool | None = None) -> None:
    """Have warnings and worse written to a stream, the error stream by default.

    Libraries that configure logging when they are imported come too late after this.
    """
    stream = stream or sys.stderr
    handler = logging.StreamHandler(stream)
    if not stream.isatty() if as_json is None else as_json:
        handler.setFormatter(JsonLines("%(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])


def _message(facts: Facts) -> str:
    if facts.result != DONE:
        return f"failed: {facts.sentence} ({facts.result})"
    if facts.items is None:
        return "done"
    return f"done: {facts.items - facts.failed} of {facts.items} items"


def _milliseconds(facts: Facts) -> float:
    return round(facts.seconds * 1000, 2)


def _one_or_counts(caches: tuple[str, ...]) -> str | dict[str, int] | None:
    """Return what the cache did; for the jobs of a batch, how often it did each."""
    if len(caches) <= 1:
        return next(iter(caches), None)
    return {one: caches.count(one) for one in sorted(set(caches))}
