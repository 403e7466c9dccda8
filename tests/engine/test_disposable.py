"""Children come and go: called off, killed from outside, and never left over."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from image_worker.cancel import Cancel
from image_worker.engine.isolated import IsolatedEngine, Isolation
from image_worker.errors import JobCancelledError, OverloadedError
from tests.engine.test_inprocess import request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from image_worker.engine import RenderRequest


_OF_CHILDREN = ("/memfd:pictures", "anon_inode:[pidfd]")


@pytest.fixture(scope="module")
def engine(plugin: None) -> Iterator[IsolatedEngine]:
    engine = IsolatedEngine(Isolation(children=1, job_seconds=120))
    engine.warm()
    yield engine
    engine.close()


def bad(how: str) -> RenderRequest:
    return request(operations=[{"misbehave": {"how": how}}])


def good(width: int = 20) -> RenderRequest:
    return request(operations=[{"resize": {"width": width}}], output={"format": "PNG"})


def children_of(engine: IsolatedEngine) -> list[int]:
    nursery = engine._nursery._launched
    assert nursery is not None
    pid = nursery._process.pid
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def state() -> tuple[int, int]:
    """Return how many descriptors there are, memory files included, and how many threads."""
    gc.collect()  # what other tests have left to be freed
    return len(list(Path("/proc/self/fd").iterdir())), threading.active_count()


def held() -> list[str]:
    """Return the memory files and the handles of processes that this process has."""
    gc.collect()
    links = (file.readlink() for file in Path("/proc/self/fd").iterdir() if file.is_symlink())
    return sorted(str(link) for link in links if str(link).startswith(_OF_CHILDREN))


class Counted:
    """What an engine counted since then."""

    def __init__(self, engine: IsolatedEngine) -> None:
        self._engine = engine
        self._before = engine.load().counts

    def __getitem__(self, name: str) -> int:
        return self._engine.load().counts[name] - self._before[name]


def test_calling_off_kills_the_child_and_lets_the_next_job_in(engine: IsolatedEngine) -> None:
    counts, cancel, begun = Counted(engine), Cancel(), threading.Event()
    engine.run(good())
    (child,) = children_of(engine)
    with ThreadPoolExecutor(2) as pool:
        hanging = pool.submit(engine.run, bad("hang"), cancel, begun=begun.set)
        assert begun.wait(30)
        waiting = pool.submit(engine.run, good())
        cancel.cancel()
        with pytest.raises(JobCancelledError):
            hanging.result(30)
        assert waiting.result(30).width == 20
    assert child not in children_of(engine)
    assert (counts["cancelled"], counts["crashes"], counts["timeouts"]) == (1, 0, 0)


def test_a_job_that_waits_for_a_child_can_be_called_off(engine: IsolatedEngine) -> None:
    stop, cancel, begun = Cancel(), Cancel(), threading.Event()
    with ThreadPoolExecutor(2) as pool:
        hanging = pool.submit(engine.run, bad("hang"), stop, begun=begun.set)
        assert begun.wait(30)
        waiting = pool.submit(engine.run, good(), cancel)
        cancel.cancel()
        with pytest.raises(JobCancelledError):
            waiting.result(30)
        assert not hanging.done()
        stop.cancel()


def test_an_impatient_job_is_refused_where_all_children_hang(plugin: None) -> None:
    engine = IsolatedEngine(Isolation(children=1, job_seconds=120, queue_seconds=0.01))
    stop, begun = Cancel(), threading.Event()
    with ThreadPoolExecutor(2) as pool:
        pool.submit(engine.run, bad("hang"), stop, begun=begun.set)
        assert begun.wait(30)
        with pytest.raises(OverloadedError):
            engine.run(good(), patient=False)
        stop.cancel()
    assert engine.load().counts["refused"] == 1
    engine.close()


def test_a_crash_is_tried_again_once(engine: IsolatedEngine) -> None:
    counts = Counted(engine)
    with pytest.raises(Exception, match="crash, twice"):
        engine.run(bad("crash"))
    assert counts["crashes"] == 2


def test_children_that_are_killed_under_load_lose_no_job(engine: IsolatedEngine) -> None:
    counts, wanted = Counted(engine), [10 + number % 7 for number in range(60)]
    done = 0

    def work(width: int) -> int:
        nonlocal done
        made = engine.run(good(width)).width
        done += 1
        if done % 4 == 0:
            for child in children_of(engine):
                os.kill(child, signal.SIGKILL)
        return made

    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(work, wanted)) == wanted
    assert counts["finished"] == len(wanted)


def test_nothing_is_left_of_jobs(engine: IsolatedEngine) -> None:
    engine.run(good())
    before, own = state(), held()
    for number in range(200):
        if number % 20 == 0:
            with pytest.raises(Exception, match="crash, twice"):
                engine.run(bad("crash"))
        elif number % 20 == 10:
            cancel = Cancel()
            with pytest.raises(JobCancelledError):
                engine.run(bad("hang"), cancel, begun=cancel.cancel)
        else:
            engine.run(good(10 + number % 9))
    assert engine.run(good()).width == 20
    assert own
    assert held() == own
    # Other tests of this process may still close and open some; twenty children were replaced here.
    assert all(now < then + 10 for now, then in zip(state(), before, strict=True))
    assert len(children_of(engine)) == 1


def test_the_nursery_outlives_the_thread_that_started_it() -> None:
    engine = IsolatedEngine(Isolation(children=1))
    starter = threading.Thread(target=engine.run, args=(good(),))
    starter.start()
    starter.join()
    children = children_of(engine)
    engine.run(good())
    assert children_of(engine) == children
    engine.close()


WITHOUT_LIBVIPS = """
import pyvips

def refuse(name, *_, **__):
    raise AssertionError(name)

from image_worker.settings import Settings
from image_worker.health import health
from tests.job.making import job, step

worker = Settings().worker(serving=True)
pyvips.Operation.call = refuse
pyvips.Introspect.get = refuse
asked = job(step("resize", width=10), step("overlay", text={"content": "hi"}),
            step("filter", name="sharpen"), analyze=True,
            outputs={"small": {"widths": [8, 4], "format": "WEBP"}})
for payload in (asked, {**asked, "dry_run": True}, job(step("crop", left=999)), {"image": 5}):
    print(worker.answer(payload).get("code", "fine"))
state = health(reads=worker.engine.abilities().reads)
print(*state["formats"]["read"])
worker.engine.close()
"""


def test_the_parent_of_a_served_worker_never_uses_libvips() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_LIBVIPS], capture_output=True, text=True, check=False
    )
    assert done.stdout.split("\n")[:4] == [
        "fine",
        "fine",
        "invalid_parameter",
        "invalid_parameter",
    ], done.stderr
    assert "JPEG" in done.stdout


def test_what_it_can_do_comes_from_a_child(engine: IsolatedEngine) -> None:
    told: Any = engine.abilities()
    assert {"JPEG", "PNG", "WEBP"} <= set(told.reads)
    assert told.versions["libvips"].startswith("8.")
    assert set(told.locked) == {"memory_bytes", "no_new_privileges", "landlock", "seccomp"}
