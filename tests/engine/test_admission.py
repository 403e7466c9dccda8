"""The gate: so many at once, in order; the impatient are refused, the patient wait."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from image_worker.cancel import Cancel
from image_worker.engine.admission import Gate
from image_worker.errors import JobCancelledError, OverloadedError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future


class Crowd:
    """Jobs at a gate, each of which works until the test ends it."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate
        self.begun: list[str] = []
        self._ends: dict[str, threading.Event] = {}
        self._changed = threading.Condition()
        self._pool = ThreadPoolExecutor(8)

    def come(
        self, name: str, size: int = 0, cancel: Cancel | None = None, *, patient: bool = True
    ) -> Future[None]:
        """Send a job to the gate, and return once it works or waits there."""
        before = self.gate.busy + self.gate.waiting
        self._ends[name] = threading.Event()
        job = self._pool.submit(self._work, name, size, cancel or Cancel(), patient=patient)
        self.until(lambda: self.gate.busy + self.gate.waiting > before or job.done())
        return job

    def end(self, name: str) -> None:
        self._ends[name].set()

    def until(self, what: object) -> None:
        with self._changed:
            for _ in range(3000):
                if what():  # type: ignore[operator]
                    return
                self._changed.wait(0.01)
        pytest.fail("it never came to that")

    def _work(self, name: str, size: int, cancel: Cancel, *, patient: bool) -> None:
        with self.gate.turn(size, cancel, patient=patient):
            self.begun.append(name)
            assert self._ends[name].wait(30)

    def close(self) -> None:
        for end in self._ends.values():
            end.set()
        self._pool.shutdown()


@contextmanager
def crowd(places: int = 1, queue_seconds: float = 1, waiting_bytes: int = 100) -> Iterator[Crowd]:
    there = Crowd(Gate(places, queue_seconds, waiting_bytes))
    yield there
    there.close()
    assert (there.gate.busy, there.gate.waiting, there.gate.waiting_bytes) == (0, 0, 0)


def test_so_many_work_at_once_and_the_others_in_the_order_in_which_they_came() -> None:
    with crowd(places=2) as there:
        for name in "abcd":
            there.come(name)
        assert (there.gate.busy, there.gate.waiting) == (2, 2)
        there.end("b")
        there.until(lambda: len(there.begun) == 3)
        there.end("a")
        there.until(lambda: len(there.begun) == 4)
        assert there.begun == ["a", "b", "c", "d"]


def test_the_impatient_are_refused_where_the_queue_takes_too_long() -> None:
    with crowd() as there:
        there.gate._job_seconds = 0.4
        for name in "abcd":
            there.come(name, patient=False)
        assert there.gate.waiting == 3
        with pytest.raises(OverloadedError) as refused:
            there.come("e", patient=False).result(30)
        assert refused.value.retry_after == 2
        assert refused.value.retryable
        there.come("f", patient=True)
        assert (there.gate.waiting, there.gate.refused) == (4, 1)


def test_one_may_always_wait_however_long_jobs_take() -> None:
    with crowd() as there:
        there.gate._job_seconds = 60
        there.come("a")
        there.come("b", patient=False)
        assert there.gate.waiting == 1


def test_a_place_that_hangs_is_not_counted_on() -> None:
    with crowd(queue_seconds=0.001) as there:
        there.gate._job_seconds = 0
        there.come("a")
        with pytest.raises(OverloadedError):
            there.come("b", patient=False).result(30)


def test_the_impatient_are_refused_after_all_where_it_takes_much_longer_than_expected() -> None:
    with crowd(queue_seconds=0.05) as there:
        there.gate._job_seconds = 0.01
        there.come("a")
        with pytest.raises(OverloadedError):
            there.come("b", patient=False).result(30)
        assert there.begun == ["a"]


def test_the_bytes_that_wait_are_bounded() -> None:
    with crowd(waiting_bytes=100) as there:
        for name in "abc":
            there.come(name, size=50)
        with pytest.raises(OverloadedError):
            there.come("d", size=1, patient=False).result(30)
        assert there.gate.waiting_bytes == 100


def test_the_patient_wait_before_they_read_their_sources() -> None:
    with crowd(waiting_bytes=100) as there, ThreadPoolExecutor(1) as pool:
        there.gate.admit(Cancel(), patient=True)
        there.come("a")
        there.come("b", size=100)
        admitted = pool.submit(there.gate.admit, Cancel(), patient=True)
        assert not admitted.done()
        there.end("a")
        admitted.result(30)


def test_who_is_called_off_stops_waiting_and_leaves_the_queue() -> None:
    with crowd(waiting_bytes=10) as there, ThreadPoolExecutor(1) as pool:
        there.come("a")
        cancel = Cancel()
        waiting = there.come("b", size=10, cancel=cancel)
        reading = pool.submit(there.gate.admit, cancel, patient=True)
        cancel.cancel()
        for stopped in (waiting, reading):
            with pytest.raises(JobCancelledError):
                stopped.result(30)
        assert (there.gate.waiting, there.gate.waiting_bytes) == (0, 0)
        with pytest.raises(JobCancelledError):
            there.gate.admit(cancel, patient=True)


def test_the_estimate_follows_what_jobs_took() -> None:
    with crowd() as there:
        there.gate._job_seconds = 100
        there.come("a")
        there.end("a")
        there.until(lambda: not there.gate.busy)
        assert 89 < there.gate.job_seconds < 93
