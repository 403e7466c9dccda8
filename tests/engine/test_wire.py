"""What goes between an engine and a child: all of it before one deadline, nothing trusted."""

from __future__ import annotations

import os
import socket
import struct
from typing import TYPE_CHECKING

import pytest

from image_worker.engine import wire
from image_worker.engine.wire import Deadline, Line

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def test_messages_and_blobs_arrive_as_they_were_sent(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    blobs = [os.urandom(70_000), b"", b"x", *(bytes([number]) for number in range(200))]
    Line(ends[0]).send({"a": [1, "é"]}, blobs)
    assert Line(ends[1]).receive() == ({"a": [1, "é"]}, blobs)


def test_the_whole_exchange_has_one_deadline(
    ends: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 0.0

    def clock() -> float:
        nonlocal now
        now += 1
        return now

    monkeypatch.setattr(wire.time, "monotonic", clock)
    ends[1].sendall(
        struct.pack("<I", 50) + b" " * 20
    )  # each part comes in time, the whole does not
    line = Line(ends[0])
    with pytest.raises(TimeoutError), line.until(Deadline(3)):
        line.receive()


def test_a_side_that_is_gone_is_told_at_once(ends: tuple[socket.socket, socket.socket]) -> None:
    line = Line(ends[0])
    assert line.is_quiet()
    ends[1].close()
    assert not line.is_quiet()
    with pytest.raises(EOFError):
        line.receive()


def test_a_side_that_speaks_unasked_is_not_quiet(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    ends[1].sendall(b"?")
    assert not Line(ends[0]).is_quiet()


def test_more_bytes_than_were_sent_are_refused(
    ends: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "_store", lambda file, blobs: os.pwrite(file, blobs[0][:5], 0))
    Line(ends[1]).send({}, [b"1234567890"])
    with pytest.raises(EOFError):
        Line(ends[0]).receive()


def test_one_message_after_another_uses_the_same_files(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    here, there = Line(ends[0]), Line(ends[1])
    here.send({}, [b"long before", b"x"])
    assert there.receive() == ({}, [b"long before", b"x"])
    large = [os.urandom(20_000_000)]
    for blobs in (large, [b"short"], [], large):
        here.send({}, blobs)
        assert there.receive() == ({}, blobs)
    here.close()
    there.close()


def test_more_bytes_than_a_result_may_have_are_refused(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    Line(ends[1]).send({}, [bytes(60), bytes(60)])
    with pytest.raises(EOFError):
        Line(ends[0], most_bytes=100).receive()


def test_who_trusts_the_other_end_reads_what_it_sent_in_place(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    sender, reader = Line(ends[0]), Line(ends[1], trusting=True)
    for number in range(3):
        blobs = [os.urandom(70_000), b"", bytes([number]) * 5000]
        sender.send({}, blobs)
        _, read = reader.receive()
        assert [blob[:] for blob in read] == blobs
        assert read[0].find(blobs[0][-9:]) == 70_000 - 9
        reader.send({"answer": number})
        assert sender.receive() == ({"answer": number}, [])


def test_the_memory_of_much_is_given_back_before_the_answer(
    ends: tuple[socket.socket, socket.socket],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(wire, "_KEPT_BYTES", 10_000)
    sender, reader = Line(ends[0]), Line(ends[1], trusting=True)
    for size in (20_000, 5_000, 30_000):
        blob = os.urandom(size)
        sender.send({}, [blob])
        _, (read,) = reader.receive()
        assert read[:] == blob
        reader.send({})
        assert sender._ours is not None
        assert os.fstat(sender._ours).st_size <= 10_000
        assert sender.receive() == ({}, [])


def test_as_many_bytes_as_are_allowed_are_taken_and_no_more(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    sender, reader = Line(ends[0]), Line(ends[1], most_bytes=100)
    blobs = [b"a" * 60, b"b" * 40]
    sender.send({}, blobs)
    assert reader.receive() == ({}, blobs)
    sender.send({}, [*blobs, b"c"])
    with pytest.raises(EOFError):
        reader.receive()
