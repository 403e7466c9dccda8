"""Large payloads as files of the embedded broker."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

from image_worker.errors import QueueUnavailableError
from image_worker.queue import Answer, Files, Jobs, Run, Status, Store
from image_worker.queue.blobs import INLINE_BYTES
from tests.queue.playing import SHORT, echo, fail, working

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from image_worker.queue import Broker

LARGE = b'"' + b"x" * INLINE_BYTES + b'"'


@pytest.fixture
def files(tmp_path: Path) -> Iterator[Files]:
    files = Files(tmp_path / "payloads", sync_seconds=0)
    files.open()
    yield files
    files.close()


def test_a_payload_is_kept_replaced_and_dropped(files: Files) -> None:
    files.put("one", b"first", 60)
    files.put("one", b"second", 60)
    assert files.get("one") == b"second"
    files.drop("one")
    files.drop("one")
    assert files.get("one") is None


def test_only_what_is_over_is_swept(files: Files, tmp_path: Path) -> None:
    files.put("over", b"1", -1)
    files.put("kept", b"1", 60)
    files.sweep()
    assert files.get("over") is None
    assert files.get("kept") == b"1"
    assert [path.name for path in (tmp_path / "payloads").iterdir()] == ["kept"]


def test_what_a_killed_writer_left_is_gone_after_a_start(tmp_path: Path) -> None:
    folder = tmp_path / "payloads"
    folder.mkdir()
    (folder / "half.new").write_bytes(b"1")
    (folder / "whole").write_bytes(b"1")
    os.utime(folder / "whole", (time.time() + 60,) * 2)
    files = Files(folder)
    files.open()
    files.close()
    assert [path.name for path in folder.iterdir()] == ["whole"]


def test_a_payload_that_cannot_be_written_is_refused(files: Files, tmp_path: Path) -> None:
    (tmp_path / "payloads").rename(tmp_path / "elsewhere")
    with pytest.raises(QueueUnavailableError):
        files.put("one", b"1", 60)


async def test_large_payloads_of_jobs_are_files(broker: Broker, tmp_path: Path) -> None:
    folder = tmp_path / "queue" / "payloads"
    store = await Store.connect(broker.url, SHORT, files=broker.files)
    jobs = Jobs(store)
    try:
        async with working(store, echo):
            async with jobs.ending("one") as ending:
                await jobs.submit(LARGE, job_id="one")
                job = await ending.reached(30)
            assert job
            assert job.status is Status.COMPLETED
            assert job.output == LARGE
        assert not [path for path in folder.iterdir() if path.name.startswith("in-")]
        async with working(store, fail):
            failed = await jobs.wait(await jobs.submit(LARGE, job_id="two"), 30)
            assert failed
            assert failed.status is Status.FAILED
        async with working(store, echo):
            await jobs.retry("two")
            again = await jobs.wait("two", 30)
            assert again
            assert again.output == LARGE
    finally:
        await store.close()


async def test_a_job_whose_file_is_gone_fails(broker: Broker, tmp_path: Path) -> None:
    store = await Store.connect(broker.url, SHORT, files=broker.files)
    jobs = Jobs(store)

    async def never(run: Run) -> Answer:
        raise AssertionError(run.id)

    try:
        job_id = await jobs.submit(LARGE)
        for path in (tmp_path / "queue" / "payloads").iterdir():
            path.unlink()
        async with working(store, never):
            job = await jobs.wait(job_id, 30)
        assert job
        assert job.status is Status.FAILED
        assert job.error == "the job's input is no longer kept"
    finally:
        await store.close()
