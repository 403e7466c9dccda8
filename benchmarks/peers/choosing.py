"""Which of a library's calls a job needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def chosen(
    job: dict[str, Any],
    *,
    process: Callable[[bytes, dict[str, Any]], Any],
    renditions: Callable[..., Any],
    measure: Callable[[bytes], Any],
) -> Callable[[bytes], Any]:
    """Return what measures, makes several results or makes one, as the job asks for."""
    if job.get("analyze"):
        return measure
    if "outputs" in job:
        return lambda data: renditions(data, **job["outputs"]["web"])
    return lambda data: process(data, job)
