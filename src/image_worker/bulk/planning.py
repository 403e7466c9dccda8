"""Finds out what is to be done: what is new, what changed, what failed, and what must not be."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from image_worker.bulk.names import ENDING
from image_worker.bulk.task import Item

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from image_worker.bulk.finding import Found
    from image_worker.bulk.manifest import Manifest, Record
    from image_worker.bulk.names import Template
    from image_worker.bulk.pool import Pool
    from image_worker.bulk.task import Done

NEW, CHANGED, OTHER_JOB, FAILED, LOST, FORCED = (
    "new", "changed", "other job", "failed before", "result missing", "forced",
)  # fmt: skip
"""Why a file is to be done."""

_MOST_CONFLICTS = 5
_SETTLED = 1_000_000_000
"""Nanoseconds after which nobody writes to a file any more, it is thought."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of a run."""

    template: Template
    ext: str
    """The ending of all results; `{ext}` where only each result tells."""
    job: str
    """Digest of all that is asked."""
    force: bool = False
    """Whether everything is done again."""
    skip_existing: bool = False
    """Whether results that somebody else made are left alone."""
    retry: bool = True
    """Whether what failed before is tried again although nothing changed."""
    now: int | None = None
    """If given, in nanoseconds: files that changed within the last second are left for later."""


@dataclass(slots=True)
class Plan:
    """What a run has to do."""

    counts: dict[str, int] = field(default_factory=dict)
    """Files for each reason to do them; those that are done already have none."""
    results: int = 0
    """Files that are results of an earlier run, and so are left alone."""
    unsettled: int = 0
    """Files that are being written right now."""
    conflicts: list[str] = field(default_factory=list)
    """Sentences, the first few; what they speak of is not planned."""
    conflict_count: int = 0

    @property
    def total(self) -> int:
        """Files that are to be done."""
        return sum(count for why, count in self.counts.items() if why)

    @property
    def ready(self) -> int:
        """Files that are done already."""
        return self.counts.get("", 0)

    def refuse(self, sentence: str) -> None:
        """Note a conflict."""
        self.conflict_count += 1
        if len(self.conflicts) < _MOST_CONFLICTS:
            self.conflicts.append(sentence)


@dataclass(frozen=True, slots=True)
class Planned:
    """A file that is to be done."""

    item: Item
    size: int
    modified: int
    why: str


def plan(found: Iterable[Found], wanted: Wanted, manifest: Manifest) -> Plan:
    """Write the plan into the manifest's memory, and return its outline.

    Raises what looking for files raises.
    """
    made = Plan()
    manifest.begin()
    try:
        for one in found:
            _add(one, wanted, manifest, made)
    finally:
        manifest.end()
    for source, other in list(manifest.replaced_inputs()):
        manifest.leave_out(source)
        made.refuse(f"the result of {source} would replace {_itself(source, other)}")
    made.counts = manifest.counts()
    return made


def planned(manifest: Manifest) -> Iterator[Planned]:
    """Yield what is to be done, in the order in which it was found."""
    for source, output, size, modified, why in manifest.planned():
        yield Planned(Item(source, output), size, modified, why)


def carry_out(
    manifest: Manifest, pool: Pool, job: str, stopped: Callable[[], bool]
) -> Iterator[Done]:
    """Do what is planned, and yield what came of each file once the manifest knows it.

    Nothing more is begun once `stopped` says so.
    """
    begun: dict[str, Planned] = {}

    def items() -> Iterator[Item]:
        for one in planned(manifest):
            begun[one.item.output] = one
            yield one.item

    for done in pool.run(items(), stopped):
        one = begun.pop(done.item.output)
        manifest.keep(done, one.size, one.modified, job)
        yield done


def _add(found: Found, wanted: Wanted, manifest: Manifest, made: Plan) -> None:
    source = os.path.abspath(found.path)  # noqa: PTH100 - names stay text
    if wanted.now is not None and 0 <= wanted.now - found.modified < _SETTLED:
        made.unsettled += 1
        return
    if manifest.made(source):
        made.results += 1
        return
    output = wanted.template.fill(found, wanted.ext)
    record = manifest.record(output)
    if record and record.input != source and not wanted.force and os.path.lexists(record.input):
        made.refuse(f"{output} was made from {record.input}, and {source} would replace it")
        return
    why = _why(record, source, found, wanted)
    if why == NEW and wanted.skip_existing and os.path.lexists(output):
        why = ""
    if why and _is_link_to(output, source):
        made.refuse(f"the result of {source} would replace its own source")
        return
    other = manifest.add(source, output, found.size, found.modified, why)
    if other:
        made.refuse(f"{other} and {source} would both become {output}")


def _why(record: Record | None, source: str, found: Found, wanted: Wanted) -> str:
    if wanted.force:
        return FORCED
    if record is None or record.input != source:
        return NEW
    if (record.size, record.modified) != (found.size, found.modified):
        return CHANGED
    if record.job != wanted.job:
        return OTHER_JOB
    if record.code:
        return FAILED if wanted.retry else ""
    return "" if record.stands else LOST


def _is_link_to(output: str, source: str) -> bool:
    """Tell whether both names lead to one file, by a link to it or to a folder above."""
    if ENDING in output or not os.path.lexists(output):
        return False
    try:
        return output != source and os.path.samefile(output, source)  # noqa: PTH121 - as above
    except OSError:
        return False


def _itself(source: str, other: str) -> str:
    return "its own source" if source == other else f"another input, {other}"
