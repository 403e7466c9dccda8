"""Ctrl+C, as a wish to stop rather than the end: what was begun is finished first."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def asking() -> Iterator[Callable[[], bool]]:
    """Give out what tells whether Ctrl+C was typed in the block; a second one ends at once."""
    typed: list[int] = []

    def note(number: int, frame: Any) -> None:
        del frame
        if typed:
            raise KeyboardInterrupt
        typed.append(number)

    before = signal.signal(signal.SIGINT, note)
    try:
        yield lambda: bool(typed)
    finally:
        signal.signal(signal.SIGINT, before)
