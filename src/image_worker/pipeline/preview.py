"""Looks at a whole job before the first pixel is decoded: its sizes, and whether they may be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from image_worker.errors import InvalidParameterError
from image_worker.pipeline.contracts import check_effort
from image_worker.pipeline.plan import Expected, check_format, check_size, expect_all
from image_worker.pipeline.rendered import Rendered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from image_worker.fields import Size
    from image_worker.operations.base import Operation
    from image_worker.pipeline.task import Task


def preview(task: Task) -> Rendered:
    """Return the sizes of every step, or refuse the first that would surely grow too large."""
    limits, recipe = task.opened.limits, task.recipe
    if len(task.branches) > limits.max_outputs:
        raise InvalidParameterError(
            f"expected at most {limits.max_outputs} results, got {len(task.branches)}",
            path="outputs",
        )

    def check(size: Size, path: str) -> None:
        check_size(size, task.frames, limits, path)

    start = Expected(task.file.header.size)
    check(start.size, "image")
    own: Any = recipe.image.operations
    prepared = [start, *expect_all(start, own, task.facts, check, "image.operations")]
    steps = expect_all(prepared[-1], recipe.operations, task.facts, check)
    last = [*prepared, *steps][-1]
    results = []
    for branch in task.branches:
        path = f"{branch.path}.operations"
        check_effort(branch.output, limits, branch.path)
        further = expect_all(last, branch.operations, task.facts, check, path)
        end = [last, *further][-1]
        if end.exact:
            check_format(end.size, branch.output, f"{branch.path}.format")
        end = Expected(end.size, exact=end.exact and not branch.output.resizes)
        results.append({"path": branch.path, "format": branch.output.name, **_said(end)})
    return _planned(task, recipe.operations, steps, last, results)


def _planned(
    task: Task,
    operations: Sequence[Operation],
    steps: Sequence[Expected],
    last: Expected,
    results: list[dict[str, Any]],
) -> Rendered:
    width, height = task.file.header.size
    return Rendered(
        data=b"",
        format=task.branches[0].output.name,
        mime=task.branches[0].output.mime,
        width=last.size.width,
        height=last.size.height,
        pages=task.frames,
        has_alpha=task.file.header.has_alpha,
        plan={
            "source": {"width": width, "height": height, "pages": task.frames},
            "steps": [
                {"type": operation.tag, **_said(step)}
                for operation, step in zip(operations, steps, strict=True)
            ],
            "results": results,
            "megapixels": _megapixels(task, [Expected(task.file.header.size), *steps]),
        },
    )


def _said(expected: Expected) -> dict[str, Any]:
    size = expected.size._asdict()
    if expected.exact:
        return {**size, "exact": True}
    return {"depends_on": "pixels", "max": size}


def _megapixels(task: Task, sizes: Sequence[Expected]) -> float:
    """Return the pixels of all steps together, in millions."""
    total = sum(step.size.width * step.size.height for step in sizes) * task.frames
    return round(total / 1e6, 2)
