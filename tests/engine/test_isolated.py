"""Children: one job each, killed at the deadline, replaced after a crash, locked down."""

from __future__ import annotations

import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from image_worker.engine.isolated import IsolatedEngine, Isolation
from image_worker.settings import Settings
from image_worker.worker import Ticket
from tests.job.making import job, picture_in, step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from image_worker.worker import Worker


@pytest.fixture(scope="module")
def engine(plugin: None) -> Iterator[IsolatedEngine]:
    engine = IsolatedEngine(Isolation(children=2, job_seconds=200, memory_bytes=1_000_000_000))
    yield engine
    engine.close()


@pytest.fixture
def worker(engine: IsolatedEngine) -> Worker:
    return Settings(cache_bytes=0).worker(engine)


def bad(how: str) -> dict[str, Any]:
    return job(step("misbehave", how=how))


def is_well(worker: Worker) -> None:
    assert picture_in(worker.answer(job(step("resize", width=10)))).size == (10, 8)


def test_it_gives_what_the_engine_in_this_process_gives(worker: Worker) -> None:
    asked = job(
        step("resize", width=20),
        step("filter", name="sharpen"),
        analyze=True,
        outputs={"small": {"widths": [8, 4], "format": "WEBP"}},
        output={"format": "PNG"},
    )
    here, there = Settings().worker().answer(asked), worker.answer(asked)
    for answer in (here, there):
        assert answer["success"], answer
        del answer["timings"], answer["cache"]
    assert there == here


def test_typed_errors_come_back_as_they_are(worker: Worker) -> None:
    answer = worker.answer(job(step("crop", left=999)))
    assert (answer["code"], answer["path"]) == ("invalid_parameter", "operations[0].params")


def test_a_crash_costs_its_own_job_only(worker: Worker) -> None:
    answer = worker.answer(bad("crash"))
    assert answer["code"] == "decoder_crashed"
    is_well(worker)


def test_memory_beyond_the_limit_costs_its_own_job_only(worker: Worker) -> None:
    assert worker.answer(bad("eat"))["code"] == "out_of_memory"
    assert worker.answer(bad("exhaust"))["code"] == "out_of_memory"
    is_well(worker)


def test_a_job_that_never_ends_is_killed_at_its_deadline(plugin: None) -> None:
    engine = IsolatedEngine(Isolation(children=1, job_seconds=3))
    worker = Settings(cache_bytes=0).worker(engine)
    answer = worker.answer(bad("hang"))
    assert answer["code"] == "job_timeout"
    assert answer["retryable"] is True
    is_well(worker)
    engine.close()


def test_one_child_that_hangs_does_not_hold_up_the_others(plugin: None) -> None:
    engine = IsolatedEngine(Isolation(children=2, job_seconds=200))
    worker = Settings(cache_bytes=0).worker(engine)
    ticket = Ticket()
    with ThreadPoolExecutor(1) as pool:
        stuck = pool.submit(worker.answer, bad("hang"), ticket)
        for _ in range(5):
            is_well(worker)
        assert not stuck.done()
        ticket.cancel.cancel()
        assert stuck.result(30)["code"] == "job_cancelled"
    engine.close()


@pytest.mark.parametrize("how", ["write", "read", "connect", "fork"])
def test_the_sandbox_refuses(worker: Worker, engine: IsolatedEngine, how: str) -> None:
    child = engine._nursery.child(engine._isolation)
    locked = child.locked
    child.kill()
    assert locked
    if not (locked["landlock"] if how in {"write", "read"} else locked["seccomp"]):
        assert locked["no_new_privileges"] is False or sys.platform != "linux"
    answer = worker.answer(bad(how))
    assert answer["success"] is False
    assert not (Path.home() / ".escaped-from-a-test").exists()
    is_well(worker)


def test_what_nobody_foresaw_in_a_child_tells_nothing(worker: Worker) -> None:
    answer = worker.answer(bad("raise"))
    assert answer["success"] is False
    assert "secret" not in str(answer)
    is_well(worker)


def test_children_that_are_killed_from_outside_are_replaced(
    worker: Worker, engine: IsolatedEngine
) -> None:
    is_well(worker)
    child = engine._idle.get()
    assert child is not None
    signal.pidfd_send_signal(child._handle, signal.SIGKILL)
    engine._idle.put(child)
    is_well(worker)


def test_the_nursery_is_started_again(worker: Worker, engine: IsolatedEngine) -> None:
    is_well(worker)
    nursery = engine._nursery._launched
    assert nursery is not None
    nursery._process.kill()
    nursery._process.wait()
    is_well(worker)
    is_well(worker)


def test_no_child_outlives_its_parent(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(
        "import os, time\n"
        "from image_worker.engine.isolated import IsolatedEngine, Isolation\n"
        "engine = IsolatedEngine(Isolation(children=2))\n"
        "engine.warm()\n"
        "print(engine._nursery._launched._process.pid, flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    import subprocess

    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, check=False
    )
    nursery = int(done.stdout)
    for _ in range(200):
        if not Path(f"/proc/{nursery}").exists() and not _children_of(nursery):
            return
        threading.Event().wait(0.1)
    pytest.fail("a child is left over")


def _children_of(parent: int) -> list[str]:
    found = []
    for status in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            text = status.read_bytes()
        except OSError:
            continue
        if b"image_worker.engine.nursery" in text and status.parent.name != str(parent):
            try:
                stat = (status.parent / "stat").read_text()
            except OSError:
                continue
            if stat.rsplit(")", 1)[1].split()[1] == str(parent):
                found.append(status.parent.name)
    return found


def test_a_setting_chooses_it() -> None:
    settings = Settings(isolated=True, job_timeout=20, batch_threads=1)
    engine = settings.engine()
    assert isinstance(engine, IsolatedEngine)
    is_well(settings.worker(engine))
    engine.close()
