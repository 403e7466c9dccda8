"""How far a batch is."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from image_worker.runpod_worker import progress
from image_worker.runpod_worker.progress import Progress

GOOD, BAD = {"success": True}, {"success": False}


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have updates as often as the loop goes round."""
    monkeypatch.setattr(progress, "_PAUSE_SECONDS", 0)


class Sent(list[Any]):
    """Updates that were sent; each takes as long as the test says."""

    def __init__(self) -> None:
        self.may_end = asyncio.Event()
        self.may_end.set()
        self.ended = 0

    async def __call__(self, counts: Any) -> None:
        self.append(counts)
        await self.may_end.wait()
        self.ended += 1


async def pause() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


def test_there_is_an_update_for_what_is_new_and_none_for_the_last_item() -> None:
    async def run() -> None:
        sent = Sent()
        updates = Progress(4, sent)
        for index, result in enumerate([GOOD, BAD, GOOD, GOOD]):
            updates.finished(index, result)
            await pause()
        await updates.close()
        assert sent == [
            {"done": 1, "failed": 0, "total": 4},
            {"done": 2, "failed": 1, "total": 4},
            {"done": 3, "failed": 1, "total": 4},
        ]

    asyncio.run(run())


def test_updates_do_not_overtake_each_other() -> None:
    async def run() -> None:
        sent = Sent()
        sent.may_end.clear()
        updates = Progress(9, sent)
        for index in range(3):
            updates.finished(index, GOOD)
            await pause()
        assert [one["done"] for one in sent] == [1]
        sent.may_end.set()
        await pause()
        assert [one["done"] for one in sent] == [1, 3]
        await updates.close()

    asyncio.run(run())


def test_the_end_waits_for_the_update_on_its_way_and_no_other_follows() -> None:
    async def run() -> None:
        sent = Sent()
        sent.may_end.clear()
        updates = Progress(3, sent)
        updates.finished(0, GOOD)
        await pause()
        updates.finished(1, GOOD)
        closing = asyncio.ensure_future(updates.close())
        await pause()
        assert not closing.done()
        sent.may_end.set()
        await closing
        await pause()
        assert sent.ended == len(sent) == 1

    asyncio.run(run())
