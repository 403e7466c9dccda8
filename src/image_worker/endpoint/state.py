"""Where a job stands that is done elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from image_worker.endpoint import pictures
from image_worker.endpoint.errors import (
    EndpointFaultError,
    RemoteJobCancelledError,
    RemoteJobError,
    RemoteJobTimedOutError,
)
from image_worker.errors import ImageWorkerError, error_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from image_worker.endpoint.pictures import Picture

COMPLETED = "COMPLETED"
_FAILURES: dict[str, type[RemoteJobError]] = {
    "FAILED": RemoteJobError,
    "CANCELLED": RemoteJobCancelledError,
    "TIMED_OUT": RemoteJobTimedOutError,
}
FINAL = frozenset({COMPLETED, *_FAILURES})


@dataclass(frozen=True, slots=True)
class JobState:
    """A job as an endpoint told of it."""

    id: str
    """By which the endpoint knows it."""
    status: str
    """`IN_QUEUE`, `IN_PROGRESS`, `COMPLETED`, `FAILED`, `CANCELLED` or `TIMED_OUT`."""
    output: Any = field(default=None, repr=False)
    """The worker's answer; while the job runs, its progress."""
    error: str = ""
    """Why it failed."""
    delay_milliseconds: int | None = None
    """How long it waited."""
    execution_milliseconds: int | None = None
    """How long it ran."""
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """All that was told, as JSON."""

    @property
    def ended(self) -> bool:
        """Whether nothing will change any more."""
        return self.status in FINAL

    @property
    def progress(self) -> Any:
        """What the worker told of its progress; nothing once the job has ended."""
        told = self.output if isinstance(self.output, dict) else {}
        return None if self.ended else told.get("progress")

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """Every picture of the answer: the main one, the renditions, those of a batch's jobs."""
        return tuple(pictures.pictures(self.output)) if self.ended else ()

    def save(self, path: str | Path) -> Path:
        """Write the first picture.

        Raises:
            ValueError: There is none, or it was delivered elsewhere.
            OSError: The file cannot be written.
        """
        if not self.pictures:
            raise ValueError(f"the answer to the job {self.id} has no picture")
        return self.pictures[0].save(path)

    def check(self) -> JobState:
        """Return it, unless the job came to a bad end; raises a `RemoteJobError` then."""
        failed = _FAILURES.get(self.status)
        if failed is None:
            return self
        told = self.error or self.status.lower().replace("_", " ")
        raise failed(f"job {self.id}: {told}", job=self, reason=self._reason())

    def _reason(self) -> ImageWorkerError | None:
        told = self.output if isinstance(self.output, dict) else {}
        return reason_of({"message": self.error, **told})

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        shown = self.pictures[0]._repr_mimebundle_() if self.pictures else {}
        return {**shown, "text/plain": repr(self)}


def reason_of(told: Mapping[str, Any]) -> ImageWorkerError | None:
    """Return the error that a worker of ours tells of, as if it had come up here."""
    code, path = told.get("code"), told.get("path")
    kind = error_of(str(code))
    if kind.code != code:
        return None
    text = str(told.get("message") or told.get("error") or "")
    place = path if isinstance(path, str) else ""
    return kind(text.removeprefix(f"{place}: ") if place else text, path=place)


def read_state(told: Any) -> JobState:
    """Read what an endpoint told of a job; raises an `EndpointFaultError`."""
    if not isinstance(told, dict) or not all(isinstance(told.get(k), str) for k in _NEEDED):
        raise EndpointFaultError("the endpoint's answer does not tell of a job")
    error = told.get("error")
    return JobState(
        id=told["id"],
        status=told["status"],
        output=told.get("output"),
        error=pictures.sentence(error) if error else "",
        delay_milliseconds=_count(told.get("delayTime")),
        execution_milliseconds=_count(told.get("executionTime")),
        raw=told,
    )


_NEEDED = ("id", "status")


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) else None
