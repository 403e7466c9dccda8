"""What there is to tell of one job that is done."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Json = dict[str, Any]

DONE = "ok"


@dataclass(frozen=True, slots=True)
class Facts:
    """What there is to tell of a job; of the pictures themselves it has nothing."""

    id: str
    result: str
    """`ok`, or the code of the error."""
    seconds: float
    """From the moment when the job came to its answer."""
    sentence: str = ""
    """What went wrong."""
    spans: Mapping[str, float] = field(default_factory=dict)
    """Milliseconds of each stage; of a batch, summed up over its jobs."""
    bytes_in: int | None = None
    bytes_out: int = 0
    operations: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    caches: tuple[str, ...] = ()
    """`hit`, `miss` or `off` for each job of a batch."""
    source_caches: tuple[str, ...] = ()
    """`hit`, `revalidated` or `miss` for each source that may be kept."""
    items: int | None = None
    """Jobs of a batch."""
    failed: int = 0
    """Those of them that failed."""


def facts_of(answer: Json, *, id: str, seconds: float, bytes_in: int | None = None) -> Facts:  # noqa: A002 - its name everywhere
    """Return what an answer tells of its job."""
    batch = answer.get("results")
    done = [one for one in (batch if batch is not None else [answer]) if one["success"]]
    pictures = [metadata for one in done for metadata in _metadata(one)]
    spans: dict[str, float] = {}
    for one in done:
        for name, span in one.get("timings", {}).items():
            spans[name] = round(spans.get(name, 0) + span, 2)
    return Facts(
        id=id,
        result=DONE if answer["success"] else answer["code"],
        seconds=seconds,
        sentence=answer.get("error", ""),
        spans=spans,
        bytes_in=bytes_in,
        bytes_out=sum(picture.get("bytes", 0) for picture in pictures),
        operations=tuple(step["type"] for one in done for step in one.get("steps", ())),
        formats=tuple(picture["format"] for picture in pictures),
        caches=tuple(one["cache"] for one in done if isinstance(one.get("cache"), str)),
        source_caches=tuple(
            state for one in done for state in one.get("source_cache", {}).values()
        ),
        items=None if batch is None else len(batch),
        failed=answer.get("failed", 0),
    )


def _metadata(answer: Json) -> Iterator[Json]:
    """Yield what is told of each picture in an answer."""
    if "metadata" in answer:
        yield answer["metadata"]
    for rendition in answer.get("outputs", {}).values():
        for one in rendition.get("variants", [rendition]):
            yield one["metadata"]
