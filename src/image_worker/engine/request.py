"""What is asked of an engine, and what it tells of itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from blake3 import blake3

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from image_worker.cancel import Cancel
    from image_worker.limits import Limits
    from image_worker.pipeline import Rendered


def digest_of(data: bytes) -> str:
    """Return the BLAKE3 digest of a source, in hexadecimal digits.

    Every job takes one. On processors without instructions for SHA-256 that would take ten times as
    long: 9 ms for a file of 4 MB.
    """
    return blake3(data).hexdigest()


@dataclass(frozen=True, slots=True)
class RenderRequest:
    """A recipe and its pictures, as values that can be handed to another process."""

    recipe: str
    """The recipe as JSON; it names its sources by the digests of their bytes."""
    sources: Mapping[str, bytes]
    """The bytes of every source by their digests, see `digest_of`."""
    limits: Limits
    svg: bool = False

    @property
    def total_bytes(self) -> int:
        """Bytes of all sources."""
        return sum(len(data) for data in self.sources.values())


@dataclass(frozen=True, slots=True)
class Load:
    """What an engine is doing, and did since it was made."""

    children: int = 1
    """Jobs that can be worked at once."""
    busy: int = 0
    """Jobs that are being worked."""
    waiting: int = 0
    """Jobs that wait for a child."""
    waiting_bytes: int = 0
    """Bytes of the sources of those."""
    job_seconds: float = 0
    """How long a job takes, by a running estimate."""
    counts: Mapping[str, int] = field(default_factory=dict)
    """`finished` jobs, those `refused` and `cancelled`, `crashes` and `timeouts` of children, and
    how many of them were `started`."""


@dataclass(frozen=True, slots=True)
class Abilities:
    """What an engine can do here."""

    reads: tuple[str, ...]
    """Names of the formats that libvips can read."""
    versions: Mapping[str, str]
    """Versions of what does the work."""
    locked: Mapping[str, Any] | None = None
    """How its children are locked down; nothing where there are none."""


class Engine(Protocol):
    """Renders; the only way from a job to pixels."""

    def run(
        self,
        request: RenderRequest,
        cancel: Cancel | None = None,
        *,
        patient: bool = True,
        begun: Callable[[], None] | None = None,
    ) -> Rendered:
        """Return the result; raises an `ImageWorkerError`.

        A patient job waits for its turn, however long; another is refused with an
        `OverloadedError` if it would have to wait too long. `begun` is called when it is its turn.
        """
        ...

    def admit(self, cancel: Cancel | None = None, *, patient: bool = True) -> None:
        """Wait until another job may read its sources, or refuse it at once, as `run` would."""
        ...

    def load(self) -> Load:
        """Return what it is doing."""
        ...

    def abilities(self) -> Abilities:
        """Return what it can do; raises an `ImageWorkerError`."""
        ...

    def warm(self) -> None:
        """Make everything now that the first jobs would otherwise wait for."""
        ...

    def close(self) -> None:
        """End; jobs that were begun are waited for."""
        ...
