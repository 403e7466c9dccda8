"""Looks at a whole job before the first pixel is decoded: its sizes, its cost, and the limits."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING, Any

from image_worker.errors import ImageWorkerError, InvalidParameterError
from image_worker.pipeline.choosing import possible
from image_worker.pipeline.contracts import check_effort, writing_cost
from image_worker.pipeline.cost import Part, check_cost, measuring_cost, reading_cost
from image_worker.pipeline.facts import header_facts
from image_worker.pipeline.header import check_frames
from image_worker.pipeline.plan import (
    Expected,
    check_format,
    check_size,
    expect_all,
    may_be_left_out,
)
from image_worker.pipeline.recipe import sources_in
from image_worker.pipeline.rendered import Rendered

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from image_worker.analysis.base import Analyzer
    from image_worker.operations.base import Operation
    from image_worker.pipeline.opening import Opened
    from image_worker.pipeline.renditions import Branch
    from image_worker.pipeline.task import Task
    from image_worker.sources.base import Source


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A result before it is made."""

    branch: Branch
    steps: Sequence[Expected]
    end: Expected
    """Its size, and what writing it costs."""


def preview(task: Task, measured: Sequence[Analyzer]) -> Rendered:
    """Return the sizes and costs of every step, or refuse what is surely beyond the limits.

    `measured` are the measurements that conditions ask for.
    """
    limits, recipe = task.opened.limits, task.recipe
    if len(task.branches) > limits.max_outputs:
        raise InvalidParameterError(
            f"expected at most {limits.max_outputs} results, got {len(task.branches)}",
            path="outputs",
        )
    header = task.file.header
    check_frames(header, task.frames, limits)
    read = reading_cost(header, task.frames) + measuring_cost(measured, header.size)
    start = Expected(header.size, path="image", seconds=read)
    own: Any = recipe.image.operations
    outlook = _Outlook(task.opened, task.facts, task.frames)
    prepared = outlook.steps(start, own, "image.operations")
    middle = [start, *prepared][-1]
    steps = outlook.steps(middle, recipe.operations, "operations")
    last = [middle, *steps][-1]
    results = [_foreseen(task, outlook, branch, last) for branch in task.branches]
    of = header.size if recipe.analyze.of == "input" else last.usual
    parts = [Part("analyze", measuring_cost(recipe.analyze.want, of))]
    further = chain.from_iterable([*result.steps, result.end] for result in results)
    parts += [Part(one.path, one.seconds) for one in (start, *prepared, *steps, *further)]
    return _planned(task, [start, *steps], results, check_cost(parts, limits))


@dataclass(frozen=True, slots=True)
class _Outlook:
    """What is known of a picture before it is decoded."""

    opened: Opened
    facts: Mapping[str, Any]
    frames: int

    def steps(self, start: Expected, operations: Sequence[Operation], path: str) -> list[Expected]:
        """Return the size after each step, and its cost for all frames and all that it needs."""
        steps = expect_all(start, operations, self.facts, self._check, path)
        return [
            replace(step, seconds=step.seconds * self.frames + self._needs(operation, step))
            for step, operation in zip(steps, operations, strict=True)
        ]

    def _check(self, step: Expected, operation: Operation) -> None:
        limits = self.opened.limits
        sigma = 0.0
        with contextlib.suppress(ImageWorkerError):  # the step will tell what is wrong
            sigma = operation.blur_sigma(step.usual) if step.seconds else 0.0
        if sigma > limits.max_blur_sigma:
            raise InvalidParameterError(
                f"expected a sigma of at most {limits.max_blur_sigma:g} pixels, got {sigma:g}",
                path=step.path,
            )
        if step.exact:
            check_size(step.size, self.frames, limits, step.path)

    def _needs(self, operation: Operation, step: Expected) -> float:
        """Return what the other pictures of a step cost, whose headers must pass the limits."""
        if not step.seconds:
            return 0.0  # the step will not be done
        try:
            return sum(_source_cost(self.opened, source) for source in sources_in(operation))
        except ImageWorkerError as error:
            if may_be_left_out(operation):
                return 0.0
            raise type(error)(error.message, path=step.path) from None


def _source_cost(opened: Opened, source: Source) -> float:
    header = opened.file(source).header
    own: Any = source.operations
    outlook = _Outlook(opened, header_facts(header), 1)
    steps = outlook.steps(Expected(header.size), own, "operations")
    return reading_cost(header) + sum(step.seconds for step in steps)


def _foreseen(task: Task, outlook: _Outlook, branch: Branch, start: Expected) -> Foreseen:
    check_effort(branch.output, task.opened.limits, branch.path)
    steps = outlook.steps(start, branch.operations, f"{branch.path}.operations")
    end = [start, *steps][-1]
    if end.exact:
        check_format(end.size, branch.output, f"{branch.path}.format")
    exact = end.exact and not branch.output.resizes
    frames = task.frames if branch.output.animates else 1
    seconds = sum(
        writing_cost(output, end.usual) * frames for output in possible(branch.output, task.file)
    )
    return Foreseen(branch, steps, replace(end, exact=exact, path=branch.path, seconds=seconds))


def _planned(
    task: Task, steps: Sequence[Expected], results: Sequence[Foreseen], cost: float
) -> Rendered:
    header, output, last = task.file.header, task.branches[0].output, steps[-1]
    width, height = header.size
    named = zip(task.recipe.operations, steps[1:], strict=True)
    source = {"width": width, "height": height, "pages": task.frames}
    return Rendered(
        data=b"",
        format=output.name,
        mime=output.mime,
        width=last.size.width,
        height=last.size.height,
        pages=task.frames,
        has_alpha=header.has_alpha,
        plan={
            "source": {**source, "cost": _rounded(steps[0].seconds)},
            "steps": [{"type": operation.tag, **_said(step)} for operation, step in named],
            "results": [
                {"path": one.branch.path, "format": one.branch.output.name, **_said(one.end)}
                for one in results
            ],
            "megapixels": _megapixels(task, steps),
            "cost": _rounded(cost),
        },
    )


def _said(expected: Expected) -> dict[str, Any]:
    size, cost = expected.size._asdict(), {"cost": _rounded(expected.seconds)}
    if expected.exact:
        return {**size, "exact": True, **cost}
    return {"depends_on": "pixels", "max": size, **cost}


def _rounded(seconds: float) -> float:
    return round(seconds, 4)


def _megapixels(task: Task, sizes: Sequence[Expected]) -> float:
    """Return the pixels of all steps together, in millions."""
    return round(sum(step.size.megapixels for step in sizes) * task.frames, 2)
