"""The processes that the fault tests kill: a server with its broker, and a worker."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from image_worker.queue import (
    Answer,
    Broker,
    Consumer,
    Embedding,
    Jobs,
    Run,
    Store,
    Terms,
    Webhooks,
    layout,
)
from tests.queue.playing import until

if TYPE_CHECKING:
    from collections.abc import Mapping

TERMS = Terms(lease_seconds=1, webhook_pause_seconds=0.1)
AT_ONCE = 10
_BEFORE_WORK = 0.8
"""Part of the jobs that is accepted before a worker is there; the rest, while it works."""

layout.RECORDS_KEPT = 100
"""So the stream shows each change of each job."""

_WORK_SECONDS = 0.005


def append(path: Path, line: str) -> None:
    """Add a line that a killed process has written whole or not at all."""
    with path.open("ab", buffering=0) as file:
        file.write(f"{line}\n".encode())


async def serve(directory: Path, count: int) -> None:
    """Run a broker, accept jobs until there are `count`, and send webhooks."""
    accepted, hooks = directory / "accepted", directory / "hooks"
    accepted.touch()

    async def post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
        append(hooks, json.loads(body)["id"])
        return 200

    with Broker(Embedding(directory / "queue")) as broker:
        store = await Store.connect(broker.url, TERMS)
        place = directory / "broker.new"
        place.write_text(json.dumps({"url": broker.url, "pid": broker.pid, "owner": os.getpid()}))
        place.replace(directory / "broker")
        jobs, sending = Jobs(store), asyncio.ensure_future(Webhooks(store, post).run())

        async def one() -> None:
            job_id = await jobs.submit(b"1", webhook="http://hooks.example")
            append(accepted, job_id)

        async def more() -> bool:
            await asyncio.sleep(0)
            return len(lines(accepted)) < count * _BEFORE_WORK or (directory / "handled").exists()

        while (left := count - len(lines(accepted))) > 0:
            await until(more)
            await asyncio.gather(*(one() for _ in range(min(AT_ONCE, left))))
        await sending


async def work(directory: Path, url: str) -> None:
    """Work jobs, and write down which."""

    async def handle(run: Run) -> Answer:
        append(directory / "handled", run.id)
        await asyncio.sleep(_WORK_SECONDS)
        return Answer(output=json.dumps(run.id).encode())

    await Consumer(await Store.connect(url, TERMS), handle).run()


def lines(path: Path) -> list[str]:
    """Return the lines of a file."""
    return path.read_text().split() if path.exists() else []


if __name__ == "__main__":
    role, where, last = sys.argv[1:]
    asyncio.run(serve(Path(where), int(last)) if role == "serve" else work(Path(where), last))
