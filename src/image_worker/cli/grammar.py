"""What can be typed after `image-worker process`: all that a job can say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from image_worker import catalog
from image_worker.cli import examples
from image_worker.cli.flags import Definitions, Flag, alternatives, flags, named_at
from image_worker.component.wire import step_schema
from image_worker.job import Job

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from image_worker.errors import ImageWorkerError
    from image_worker.operations.base import Operation

Json = dict[str, Any]

_PARAMETERS = "params"
_STEP = re.compile(r"operations\[(\d+)\]\.?(.*)", re.DOTALL)
_JOB = "job"
_FORMAT = "How the result is written. Default: as the name of the file tells."
_ELSEWHERE = {"image", "operations", "output", "outputs", "cache", "limits", "dry_run"}
"""Keys of a job that no flag of its own is made of: one picture goes in, and one comes out."""


@dataclass(frozen=True)
class Step:
    """One operation."""

    type: str
    description: str
    flags: tuple[Flag, ...]
    """Each parameter's path is within the parameters."""
    beside: tuple[Flag, ...]
    """What stands beside the parameters."""
    examples: tuple[str, ...] = ()
    """Lines that can be typed."""
    open: bool = False
    """Whether it takes parameters that no flag is made of, such as the variables of a preset."""

    @property
    def help(self) -> str:
        """The examples and the description."""
        lines = "\n".join(self.examples)
        return f"\b\n{lines}\n\n{self.description}" if lines else self.description

    @property
    def command(self) -> str:
        """What is typed."""
        return self.type.replace("_", "-")


@dataclass(frozen=True)
class Grammar:
    """Every operation, and every flag that stands before the files."""

    output: tuple[Flag, ...]
    job: tuple[Flag, ...]
    """Keys of the job itself, such as `analyze`."""
    defs: Definitions

    @property
    def commands(self) -> list[str]:
        """What is typed for each operation."""
        return [_command(kind) for kind in catalog.OPERATIONS]

    def step(self, name: str) -> Step | None:
        """Return the operation that is typed like that, or called so in a job."""
        wanted = name.replace("_", "-")
        kind = next((kind for kind in catalog.OPERATIONS if _command(kind) == wanted), None)
        return _step(kind, self.defs) if kind else None

    def sentence(self, error: ImageWorkerError, operations: list[Json], source: str) -> str:
        """Return what went wrong, naming what was typed instead of the place in the JSON."""
        text = error.message.removeprefix(f"{error.path or _JOB}: ")
        place = self._place(error.path, operations, source)
        return f"{place}: {text}" if place else text

    def _place(self, path: str, operations: list[Json], source: str) -> str:
        in_step = _STEP.fullmatch(path)
        step = self.step(operations[int(in_step[1])]["type"]) if in_step else None
        if in_step and step:
            steps = tuple(part for part in _split(in_step[2]) if part != _PARAMETERS)
            return f"{step.command} {named_at((*step.flags, *step.beside), steps)}".rstrip()
        if _split(path)[:1] == ("image",):
            return source
        steps = _split(path)
        known = self.output if steps[:1] == ("output",) else self.job
        return named_at(known, steps[1:] if known is self.output else steps) or path


def grammar() -> Grammar:
    """Return the grammar for all that the catalogue holds at this moment."""
    return _grammar(tuple(catalog.OPERATIONS), tuple(catalog.FILTERS), tuple(catalog.FORMATS))


@cache
def _grammar(*kinds: tuple[type, ...]) -> Grammar:
    del kinds  # they only tell when it is a new one
    schema, defs = Job.raw_schema(), Definitions()
    defs.add(schema)
    parts = {name: part for name, part in schema["properties"].items() if name not in _ELSEWHERE}
    formats = {kind.name: kind.raw_schema() for kind in catalog.FORMATS}
    for one in formats.values():
        defs.add(one)
    return Grammar(
        output=_tagged(flags(formats, defs), formats, defs),
        job=tuple(flags({_JOB: {"properties": parts}}, defs)),
        defs=defs,
    )


def _tagged(found: list[Flag], formats: Mapping[str, Json], defs: Json) -> tuple[Flag, ...]:
    """Return the flags of the output, after that which says the format."""
    names = {name: {"const": name, "description": _FORMAT} for name in formats}
    return (Flag(("format",), names, defs, len(names)), *found)


def _command(kind: type[Operation]) -> str:
    return kind.name.replace("_", "-")


def _step(kind: type[Operation], defs: Definitions) -> Step:
    schema = step_schema(kind)
    defs.add(schema)
    beside = dict(schema["properties"])
    beside.pop("type")
    kinds = {one.get("title", ""): one for one in alternatives(beside.pop(_PARAMETERS), defs)}
    return Step(
        schema["title"],
        schema.get("description", ""),
        tuple(flags(kinds, defs)),
        tuple(flags({schema["title"]: {"properties": beside}}, defs)),
        examples=tuple(_typed(kind)),
        open=any(one.get("additionalProperties") is True for one in kinds.values()),
    )


def _typed(kind: type[Operation]) -> Iterator[str]:
    for example in kind.examples:
        yield f"image-worker process photo.jpg out.jpg {examples.as_words(kind.name, example)}"


def _split(path: str) -> tuple[str, ...]:
    return tuple(part for part in re.split(r"[.\[\]]+", path) if part)
