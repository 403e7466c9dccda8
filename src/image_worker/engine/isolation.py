"""How children are kept."""

from __future__ import annotations

from dataclasses import dataclass, field

from image_worker.vision.setup import Setup

_PARENT_BYTES = 256_000_000
"""What the parent and the nursery need beside their children."""
_LEAST_CHILD_BYTES = 768_000_000
"""Enough for a picture of 50 megapixels in any format."""
_MOST_CHILD_BYTES = 3_000_000_000
"""More than any job needs at the default limits."""


@dataclass(frozen=True, slots=True)
class Isolation:
    """How children are kept."""

    children: int = 2
    """Children that work at once."""
    threads: int = 1
    """Threads of each child."""
    job_seconds: float = 30.0
    """How long a job may take from the moment it gets its child."""
    memory_bytes: int = _MOST_CHILD_BYTES
    """Address space of a child; libraries and threads count too."""
    result_bytes: int = 500_000_000
    """Bytes of the results of one job."""
    queue_seconds: float = 1.0
    """How long the queue may take before impatient jobs are refused."""
    waiting_bytes: int = 500_000_000
    """Bytes that the sources of waiting jobs may have."""
    sandbox: bool = True
    """Whether children are locked down as far as the machine allows."""
    readable: tuple[str, ...] = ()
    """Files and folders that children may read beside code, libraries, fonts and models."""
    models: Setup = field(default_factory=Setup)
    """Models that children may use."""


def most_children(processors: int, memory_bytes: int | None) -> int:
    """Return how many children there should be: one a processor, if the memory is enough."""
    if memory_bytes is None:
        return processors
    room = (memory_bytes - _PARENT_BYTES) // _LEAST_CHILD_BYTES
    return max(1, min(processors, room))


def child_memory(children: int, memory_bytes: int | None) -> int:
    """Return the address space of a child: its share of the memory, within reason."""
    if memory_bytes is None:
        return _MOST_CHILD_BYTES
    share = (memory_bytes - _PARENT_BYTES) // children
    return max(_LEAST_CHILD_BYTES // 2, min(_MOST_CHILD_BYTES, share))
