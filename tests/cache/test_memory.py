"""The cache: bounded by bytes, and one maker for callers who come at once."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from image_worker.cache import Cache, memory
from image_worker.cancel import Cancel
from image_worker.errors import JobCancelledError

if TYPE_CHECKING:
    from collections.abc import Callable


def cache(max_bytes: int = 100) -> Cache[bytes]:
    return Cache(max_bytes, size=len)


def made(size: int) -> Callable[[], bytes]:
    return lambda: bytes(size)


def never() -> bytes:
    raise AssertionError("the value should have been there")


def test_what_was_made_is_there_the_next_time() -> None:
    one = cache()
    assert one.get("a", made(3)) == (bytes(3), False)
    assert one.get("a", never) == (bytes(3), True)
    assert (one.hits, one.misses, one.bytes, len(one)) == (1, 1, 3, 1)


def test_the_value_that_was_used_longest_ago_goes_first() -> None:
    one = cache(10)
    for key in "abc":
        one.get(key, made(3))
    one.get("a", never)
    one.get("d", made(3))
    assert one.get("b", made(4)) == (bytes(4), False)
    assert one.get("d", never)[1]
    assert (one.bytes, len(one)) == (10, 3)


def test_a_value_larger_than_the_cache_is_handed_out_but_not_kept() -> None:
    one = cache(10)
    one.get("a", made(3))
    assert one.get("b", made(11)) == (bytes(11), False)
    assert one.get("a", never)[1]
    assert one.bytes == 3


def test_no_bytes_keep_nothing() -> None:
    one = cache(0)
    one.get("a", made(1))
    assert (one.get("a", made(1))[1], one.bytes) == (False, 0)


def test_refresh_makes_anew_and_keeps() -> None:
    one = cache()
    one.get("a", made(3))
    assert one.get("a", made(5), refresh=True) == (bytes(5), False)
    assert one.get("a", never) == (bytes(5), True)
    assert one.bytes == 5


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 60), st.booleans())))
def test_the_bytes_are_counted_right_and_stay_within_the_bound(
    calls: list[tuple[int, int, bool]],
) -> None:
    one = cache(100)
    for key, size, refresh in calls:
        value, _ = one.get(str(key), made(size), refresh=refresh)
        assert one.bytes <= 100
        assert len(value) <= 60
    kept = [one.get(str(key), lambda: b"") for key in range(6)]
    assert sum(len(value) for value, hit in kept if hit) == one.bytes


class Crowd:
    """Four callers who ask for one value, three of them while it is being made."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.cache = cache()
        waiting = self._waiting = threading.Semaphore(0)

        class Telling(Future[bytes]):
            """Tells that somebody begins to wait."""

            def add_done_callback(self, fn: Callable[[Future[bytes]], object]) -> None:
                super().add_done_callback(fn)
                waiting.release()

        monkeypatch.setattr(memory, "Future", Telling)

    def ask(
        self, make: Callable[[], bytes], instead: Callable[[], bytes] = never
    ) -> list[Future[tuple[bytes, bool]]]:
        begun, gate = threading.Event(), threading.Event()

        def slowly() -> bytes:
            begun.set()
            assert gate.wait(30)
            return make()

        with ThreadPoolExecutor(4) as pool:
            callers = [pool.submit(self.cache.get, "a", slowly)]
            assert begun.wait(30)
            callers += [pool.submit(self.cache.get, "a", instead) for _ in range(3)]
            assert all(self._waiting.acquire(timeout=30) for _ in range(3))
            gate.set()
        return callers


@pytest.fixture
def crowd(monkeypatch: pytest.MonkeyPatch) -> Crowd:
    return Crowd(monkeypatch)


def test_callers_who_come_at_once_share_one_making(crowd: Crowd) -> None:
    callers = crowd.ask(made(3))
    assert [caller.result() for caller in callers] == [(bytes(3), False)] + [(bytes(3), True)] * 3
    assert (crowd.cache.misses, crowd.cache.hits) == (1, 3)


def test_an_error_reaches_all_who_wait_and_is_not_kept(crowd: Crowd) -> None:
    def fail() -> bytes:
        raise OSError("broken")

    callers = crowd.ask(fail)
    assert [str(caller.exception()) for caller in callers] == ["broken"] * 4
    assert all(isinstance(caller.exception(), OSError) for caller in callers)
    assert crowd.cache.get("a", made(2)) == (bytes(2), False)


def test_different_keys_do_not_wait_for_each_other() -> None:
    one = cache()
    assert one.get("a", lambda: one.get("b", made(2))[0] + b"!") == (b"\0\0!", False)


def test_a_failed_value_can_be_made_by_the_next_caller() -> None:
    one = cache()
    with pytest.raises(OSError, match="broken"):
        one.get("a", lambda: (_ for _ in ()).throw(OSError("broken")))
    assert one.get("a", made(1)) == (bytes(1), False)


def test_a_refresh_is_not_forgotten_when_an_older_making_ends() -> None:
    one, begun, gate = cache(), threading.Event(), threading.Event()

    def fresh() -> bytes:
        begun.set()
        assert gate.wait(30)
        return b"new"

    def old() -> bytes:
        pool.submit(one.get, "a", fresh, refresh=True)
        assert begun.wait(30)
        return b"old"

    with ThreadPoolExecutor(1) as pool:
        one.get("a", old)
        assert list(one._making) == ["a"]
        gate.set()
    assert one.get("a", never) == (b"new", True)


def test_where_the_maker_was_called_off_a_follower_makes_it(crowd: Crowd) -> None:
    """The maker's own caller is gone; those who wait still want the value."""
    made_by: list[str] = []

    def called_off() -> bytes:
        raise JobCancelledError("the job was cancelled")

    def instead() -> bytes:
        made_by.append("a follower")
        return bytes(3)

    callers = crowd.ask(called_off, instead)
    assert isinstance(callers[0].exception(), JobCancelledError)
    assert [caller.result()[0] for caller in callers[1:]] == [bytes(3)] * 3
    assert made_by == ["a follower"]


def test_a_follower_that_is_called_off_stops_waiting() -> None:
    one, begun, gate, cancel = cache(), threading.Event(), threading.Event(), Cancel()

    def slowly() -> bytes:
        begun.set()
        assert gate.wait(30)
        return bytes(3)

    with ThreadPoolExecutor(2) as pool:
        maker = pool.submit(one.get, "a", slowly)
        assert begun.wait(30)
        follower = pool.submit(one.get, "a", never, cancel=cancel)
        cancel.cancel()
        with pytest.raises(JobCancelledError):
            follower.result(30)
        gate.set()
        assert maker.result(30) == (bytes(3), False)
