"""Who is told of a job while it runs, and when it has ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from image_worker.telemetry.facts import Facts

Json = dict[str, Any]


def _nobody(*about: object) -> None:
    del about


@dataclass(frozen=True, slots=True)
class Watch:
    """Both are called from the threads that do the work."""

    item: Callable[[int, Json], None] = _nobody
    """Told of each item of a batch, by its index, as soon as it is done."""
    end: Callable[[Facts], None] = _nobody
    """Told of the job when its answer is there."""
