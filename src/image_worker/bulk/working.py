"""The life of one process: files in, results out, until nobody sends any more."""

from __future__ import annotations

import gc
import json
import logging
import os
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from image_worker import catalog
from image_worker.bulk.names import complete
from image_worker.bulk.task import Done, Item, Task
from image_worker.bulk.writing import write
from image_worker.engine import digest_of
from image_worker.errors import (
    DeliveryError,
    ImageWorkerError,
    SourceError,
    SourceTooLargeError,
)
from image_worker.job import read_job
from image_worker.sources.memory import BytesSource
from image_worker.worker import Outcome

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from image_worker.job import Job
    from image_worker.pipeline import Rendered
    from image_worker.worker import Worker

log = logging.getLogger(__name__)

_NONE = b"the picture"
"""Stands for each picture in the job, which is read once."""


def work(task: Task, connection: Connection[Any, Any], others: tuple[Any, ...]) -> None:
    """Do files until the other side is gone. `others` are ends that belong to the parent."""
    for other in others:
        other.close()  # or nobody would see that the parent is gone
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when to stop
    if sys.platform == "linux":
        from image_worker.engine.sandbox import die_with  # noqa: PLC0415 - Linux

        die_with(os.getppid())
    gc.freeze()
    one = Worked(task)
    try:
        while True:
            connection.send(one(connection.recv()))
    except (EOFError, OSError):
        return


class Worked:
    """Does one file after the other."""

    def __init__(self, task: Task) -> None:
        """Make the worker and read the job once."""
        self._worker: Worker = task.worker()
        limits, image = self._worker.limits, BytesSource(data=_NONE)
        self._job: Job = read_job({**task.job, "image": image}, limits)
        self._request = self._worker.request(self._job)
        self._digest = digest_of(_NONE)

    def __call__(self, item: Item) -> Done:
        """Return what came of the file; nothing is raised."""
        started = time.perf_counter()
        try:
            return self._done(item, started)
        except ImageWorkerError as error:
            return _failed(item, started, error)
        except OSError as error:
            sentence = f"cannot write {item.output}: {_reason(error)}"
            return _failed(item, started, DeliveryError(sentence))
        except Exception:
            log.exception("%s failed in a way that nobody foresaw", item.input)
            return _failed(item, started, ImageWorkerError("internal error"))

    def _done(self, item: Item, started: float) -> Done:
        data = _read(item.input, self._request.limits.max_source_bytes)
        sources = {**self._request.sources, self._digest: data}
        rendered = self._worker.engine.run(replace(self._request, sources=sources))
        written = _named(item, rendered)
        result = rendered.data or self._facts(rendered)
        write(Path(written), result)
        return Done(
            item,
            written=written,
            bytes_in=len(data),
            bytes_out=len(result),
            width=rendered.width,
            height=rendered.height,
            format=rendered.format,
            seconds=_since(started),
            warnings=tuple(notice.message for notice in rendered.notices),
        )

    def _facts(self, rendered: Rendered) -> bytes:
        """Return the answer as a file, where the job makes no picture."""
        facts = Outcome(self._job, rendered, "off", {}).facts()
        return f"{json.dumps(facts, indent=2)}\n".encode()


def _read(name: str, max_bytes: int) -> bytes:
    try:
        with Path(name).open("rb") as file:
            data = file.read(max_bytes + 1)
    except OSError as error:
        raise SourceError(f"cannot read the file: {_reason(error)}") from None
    if len(data) > max_bytes:
        raise SourceTooLargeError(f"expected at most {max_bytes} bytes, got more")
    return data


def _named(item: Item, rendered: Rendered) -> str:
    kind = catalog.FORMATS[rendered.format]
    names = (kind.suffix.removeprefix("."), kind.name.lower(), *map(str.lower, kind.aliases))
    return complete(item.output, item.input, names)


def _failed(item: Item, started: float, error: ImageWorkerError) -> Done:
    return Done(
        item, seconds=_since(started), code=error.code, error=error.message, path=error.path
    )


def _since(started: float) -> float:
    return round(time.perf_counter() - started, 4)


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
