"""What can be typed after `image-worker process`: all that a job can say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from image_worker import catalog
from image_worker.cli.flags import Flag, alternatives, flags, named_at
from image_worker.job import Job

if TYPE_CHECKING:
    from image_worker.errors import ImageWorkerError

Json = dict[str, Any]

_PARAMETERS = "params"
_STEP = re.compile(r"operations\[(\d+)\]\.?(.*)", re.DOTALL)
_JOB = "job"
_ELSEWHERE = {"image", "outputs", "cache", "limits", "dry_run"}
"""Keys of a job that no flag is made of: one picture goes in, and one comes out."""


@dataclass(frozen=True)
class Step:
    """One operation."""

    type: str
    description: str
    flags: tuple[Flag, ...]
    """Each parameter's path is within the parameters."""
    beside: tuple[Flag, ...]
    """What stands beside the parameters."""
    open: bool = False
    """Whether it takes parameters that no flag is made of, such as the variables of a preset."""

    @property
    def command(self) -> str:
        """What is typed."""
        return self.type.replace("_", "-")


@dataclass(frozen=True)
class Grammar:
    """Every operation, and every flag that stands before the files."""

    steps: dict[str, Step]
    output: tuple[Flag, ...]
    job: tuple[Flag, ...]
    """Keys of the job itself, such as `analyze`."""

    def sentence(self, error: ImageWorkerError, operations: list[Json], source: str) -> str:
        """Return what went wrong, naming what was typed instead of the place in the JSON."""
        text = error.message.removeprefix(f"{error.path or _JOB}: ")
        place = self._place(error.path, operations, source)
        return f"{place}: {text}" if place else text

    def _place(self, path: str, operations: list[Json], source: str) -> str:
        in_step = _STEP.fullmatch(path)
        if in_step:
            step = self.steps[operations[int(in_step[1])]["type"]]
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
    del kinds  # the schema holds them all; they only tell when it is a new one
    schema = Job.model_json_schema()
    defs = schema.get("$defs", {})
    parts = {name: part for name, part in schema["properties"].items() if name not in _ELSEWHERE}
    steps = [_step(one, defs) for one in alternatives(parts.pop("operations")["items"], defs)]
    formats = {one["title"]: one for one in alternatives(parts.pop("output"), defs)}
    return Grammar(
        steps={step.type: step for step in steps},
        output=tuple(flags(formats, defs)),
        job=tuple(flags({_JOB: {"properties": parts}}, defs)),
    )


def _step(schema: Json, defs: Json) -> Step:
    beside = dict(schema["properties"])
    beside.pop("type")
    kinds = {one.get("title", ""): one for one in alternatives(beside.pop(_PARAMETERS), defs)}
    return Step(
        schema["title"],
        schema.get("description", ""),
        tuple(flags(kinds, defs)),
        tuple(flags({schema["title"]: {"properties": beside}}, defs)),
        open=any(one.get("additionalProperties") is True for one in kinds.values()),
    )


def _split(path: str) -> tuple[str, ...]:
    return tuple(part for part in re.split(r"[.\[\]]+", path) if part)
