"""Processes whose parent goes while they are busy."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from image_worker.engine.orphan import ends_with

if TYPE_CHECKING:
    from collections.abc import Iterator

BUSY = """
import sys
from image_worker.engine.orphan import ends_with
with ends_with(int(sys.argv[1])):
    print("busy", flush=True)
    while True:
        pass
"""


@contextmanager
def busy(theirs: socket.socket) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-c", BUSY, str(theirs.fileno())],
        pass_fds=[theirs.fileno()],
        stdout=subprocess.PIPE,
    )
    theirs.close()
    assert process.stdout
    try:
        assert process.stdout.readline() == b"busy\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def test_a_busy_process_ends_with_its_parent_whatever_it_was_sent() -> None:
    ours, theirs = socket.socketpair()
    with busy(theirs) as process:
        ours.send(b"not read yet")
        ours.close()
        assert process.wait(20) == 0


def test_afterwards_there_is_no_thread_and_the_messages_are_all_there() -> None:
    ours, theirs = socket.socketpair()
    before = threading.active_count()
    with ours, theirs:
        with ends_with(theirs.fileno()):
            ours.send(b"f")
        assert threading.active_count() == before
        assert theirs.recv(1) == b"f"
