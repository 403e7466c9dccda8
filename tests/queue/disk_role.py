"""The process that the test of a full disk watches: a queue on a small disk."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from image_worker.errors import ImageWorkerError
from image_worker.queue import Broker, Embedding, Jobs, Store
from tests.queue.playing import SHORT, echo, until, working

LARGE = b'"' + b"x" * 1_000_000 + b'"'


async def refused(jobs: Jobs, body: bytes) -> tuple[str, float]:
    """Return the code with which a job is refused, and after how long; empty if it is accepted."""
    started = time.monotonic()
    try:
        await jobs.submit(body)
    except ImageWorkerError as error:
        return error.code, time.monotonic() - started
    return "", time.monotonic() - started


def fill(path: Path) -> None:
    """Take all that is left of the disk."""
    file = os.open(path, os.O_CREAT | os.O_WRONLY)
    try:
        while True:
            os.write(file, b"x" * 4096)
    except OSError:
        os.close(file)


async def play(directory: Path) -> dict[str, Any]:
    """Fill the disk by jobs and then by others, and tell what became of the jobs."""
    with Broker(Embedding(directory)) as broker:
        store = await Store.connect(broker.url, SHORT, files=broker.files)
        jobs, accepted = Jobs(store), []
        while (code := await _accepted(jobs, accepted)) is None:
            pass
        small = await refused(jobs, b"1")
        pid = broker.pid
        fill(directory / "others")
        async with working(store, echo):  # their ends cannot be written yet
            await until(lambda: _is_set(broker.files.starved.is_set()))
            (directory / "others").unlink()
            ends = [await jobs.wait(job_id, 60) for job_id in accepted]

            async def again() -> bool:
                return not (await refused(jobs, b"1"))[0]

            for job_id in accepted:  # their results have taken the room of their inputs
                record = await store.read(job_id)
                if record and record.output:
                    broker.files.drop(record.output.key)
            await until(again)
        await store.close()
        return {
            "accepted": len(accepted),
            "refused": code,
            "small": small[0],
            "small_seconds": small[1],
            "completed": sum(end is not None and end.status == "COMPLETED" for end in ends),
            "restarted": broker.pid != pid,
        }


async def _accepted(jobs: Jobs, accepted: list[str]) -> str | None:
    try:
        accepted.append(await jobs.submit(LARGE))
    except ImageWorkerError as error:
        return error.code
    return None


async def _is_set(value: bool) -> bool:  # noqa: FBT001 - it is the condition itself
    return value


if __name__ == "__main__":
    print(json.dumps(asyncio.run(play(Path(sys.argv[1])))))
