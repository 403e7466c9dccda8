from __future__ import annotations

import asyncio
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from image_worker.errors import QueueFullError, QueueUnavailableError
from image_worker.queue import Broker, Embedding, Jobs, Store, Terms, binary
from tests.queue.playing import until

ROOT = Path(__file__).parents[2]

OWNER = """
import sys, time
from pathlib import Path
from image_worker.queue import Broker, Embedding
with Broker(Embedding(Path(sys.argv[1]))) as broker:
    print(broker.pid, flush=True)
    time.sleep(600)
"""


async def test_jobs_outlive_the_broker(tmp_path: Path) -> None:
    with Broker(Embedding(tmp_path)) as broker:
        store = await Store.connect(broker.url)
        job_id = await Jobs(store).submit(b"1")
        await store.close()
    with Broker(Embedding(tmp_path)) as broker:
        store = await Store.connect(broker.url)
        assert await Jobs(store).status(job_id)
        await store.close()


async def test_nobody_else_may_use_it_or_read_what_it_stores(
    broker: Broker, tmp_path: Path
) -> None:
    stranger = "nats://127.0.0.1:" + broker.url.rpartition(":")[2]
    with pytest.raises(QueueUnavailableError):
        await Store.connect(stranger, patience=1)
    assert stat.S_IMODE((tmp_path / "queue").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "queue" / "nats.conf").stat().st_mode) == 0o600


def test_a_directory_has_one_server(broker: Broker, tmp_path: Path) -> None:
    with pytest.raises(QueueUnavailableError, match="in use by another server"):
        Broker(Embedding(tmp_path / "queue", patience_seconds=0.1)).__enter__()


async def test_it_dies_with_its_parent(tmp_path: Path) -> None:
    owner = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-c", OWNER, str(tmp_path)),
        stdout=subprocess.PIPE,
        env={"PYTHONPATH": str(ROOT / "src")},
    )
    assert owner.stdout
    child = int(await owner.stdout.readline())
    owner.kill()
    await owner.wait()
    await until(lambda: asyncio.to_thread(_ended, child))
    with Broker(Embedding(tmp_path)) as broker:
        assert broker.pid


def test_a_program_that_is_missing_or_wrong_is_said_so(tmp_path: Path) -> None:
    for name in (tmp_path / "missing", Path("/bin/true")):
        with pytest.raises(QueueUnavailableError, match="expected the program of a nats-server"):
            Broker(Embedding(tmp_path, name)).__enter__()


@pytest.mark.parametrize(
    ("version", "error"), [("2.9.10", "at least 2.12, got 2.9"), ("2.12.0", None)]
)
def test_a_program_on_the_path_must_be_new_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, error: str | None
) -> None:
    program = tmp_path / "nats-server"
    program.write_text(f"#!/bin/sh\necho nats-server: v{version}\n")
    program.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "elsewhere" / "python"))
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    if error is None:
        assert binary.find_binary() == program
    else:
        with pytest.raises(QueueUnavailableError, match=error):
            binary.find_binary()


def test_without_any_program_it_is_said_what_helps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(QueueUnavailableError, match=r"worker-image\[queue\]"):
        binary.find_binary()


async def test_other_terms_hold_from_the_next_start_on(broker: Broker) -> None:
    for room in (1, 2):
        store = await Store.connect(broker.url, Terms(max_queued=room))
        await Jobs(store).submit(b"1")
        with pytest.raises(QueueFullError):
            await Jobs(store).submit(b"1")
        await store.close()


async def test_an_address_where_nobody_is_is_said_so() -> None:
    with pytest.raises(QueueUnavailableError, match="cannot be reached"):
        await Store.connect("nats://127.0.0.1:9", patience=0.5)


def _ended(pid: int) -> bool:
    state = Path(f"/proc/{pid}/stat")
    try:
        return state.read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True
