"""What is done to every file, and what came of it; plain values that cross to other processes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from image_worker.worker import Worker

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Task:
    """The job, without its picture."""

    job: Json
    worker: Callable[[], Worker]
    """Makes the worker; called once in each process."""


@dataclass(frozen=True, slots=True)
class Item:
    """One file, and what its result is called."""

    input: str
    output: str
    """May hold `{ext}`, where only the result tells its format."""


@dataclass(frozen=True, slots=True)
class Done:
    """What came of one file."""

    item: Item
    written: str = ""
    """The file that was written; empty if it failed."""
    bytes_in: int = 0
    bytes_out: int = 0
    width: int = 0
    height: int = 0
    format: str = ""
    seconds: float = 0
    warnings: tuple[str, ...] = ()
    code: str = ""
    """The error's code; empty if all went well."""
    error: str = ""
    path: str = ""
    """The place in the job that is to blame, if one is."""

    @property
    def ok(self) -> bool:
        """Whether there is a result."""
        return not self.code
