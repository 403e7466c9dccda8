"""Children that do not outlive their parent."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_PR_SET_PDEATHSIG: Final = 1


def dying_with_parent() -> Callable[[], None] | None:
    """Return what a child does first, so that it is killed when the starting thread ends.

    Linux only; elsewhere there is no such thing, and a child may outlive a parent that is killed.
    """
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl  # found before the fork: afterwards it may only be called
    parent = os.getpid()

    def begin() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:  # it ended before it was watched
            os._exit(1)

    return begin
