"""The cache: bounded by bytes, and one maker for callers who come at once."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from image_worker.cache import Cache

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


class Waiting(Cache[bytes]):
    """Tells when callers wait for the value of another one."""

    def __init__(self, parties: int) -> None:
        super().__init__(100, size=len)
        self.all_wait = threading.Barrier(parties + 1, timeout=30)

    def will_wait(self) -> None:
        """Let the futures that callers wait on tell the barrier."""
        barrier = self.all_wait

        class Told(Future[bytes]):
            def result(self, timeout: float | None = None) -> bytes:
                barrier.wait()
                return super().result(timeout)

        for future in self._making.values():
            future.__class__ = Told


def crowd(make: Callable[[], bytes]) -> tuple[Waiting, list[Future[tuple[bytes, bool]]]]:
    """Let four callers ask for one value, three of them while it is being made."""
    one, begun, gate = Waiting(3), threading.Event(), threading.Event()

    def slowly() -> bytes:
        begun.set()
        assert gate.wait(30)
        return make()

    with ThreadPoolExecutor(4) as pool:
        callers = [pool.submit(one.get, "a", slowly)]
        assert begun.wait(30)
        one.will_wait()
        callers += [pool.submit(one.get, "a", never) for _ in range(3)]
        one.all_wait.wait()
        gate.set()
    return one, callers


def test_callers_who_come_at_once_share_one_making() -> None:
    one, callers = crowd(made(3))
    assert [caller.result() for caller in callers] == [(bytes(3), False)] + [(bytes(3), True)] * 3
    assert (one.misses, one.hits) == (1, 3)


def test_an_error_reaches_all_who_wait_and_is_not_kept() -> None:
    def fail() -> bytes:
        raise OSError("broken")

    one, callers = crowd(fail)
    assert [str(caller.exception()) for caller in callers] == ["broken"] * 4
    assert all(isinstance(caller.exception(), OSError) for caller in callers)
    assert one.get("a", made(2)) == (bytes(2), False)


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
