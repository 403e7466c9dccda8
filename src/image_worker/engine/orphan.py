"""Ends a process that is busy with imports as soon as its parent is gone."""

from __future__ import annotations

import os
import select
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def ends_with(descriptor: int) -> Iterator[None]:
    """End this process if the other side of a socket closes while the block runs.

    What is sent over the socket stays unread. No thread is left after the block, so that the
    process may be forked.
    """
    stop = os.eventfd(0)
    watch = threading.Thread(target=_watch, args=(descriptor, stop))
    watch.start()
    try:
        yield
    finally:
        os.eventfd_write(stop, 1)
        watch.join()
        os.close(stop)


def _watch(descriptor: int, stop: int) -> None:
    poll = select.poll()
    poll.register(stop, select.POLLIN)
    poll.register(descriptor, 0)  # only that it was closed, which is always told
    if all(where != descriptor for where, _ in poll.poll()):
        return
    os._exit(0)
