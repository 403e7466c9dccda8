"""The one function that everything ends in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from image_worker.analysis.base import measured
from image_worker.conditions import facts_of
from image_worker.errors import InvalidParameterError
from image_worker.formats.facts import Json
from image_worker.picture import Picture, in_memory
from image_worker.pipeline.decode import decode
from image_worker.pipeline.facts import (
    analyzers,
    header_facts,
    measured_facts,
    result_subject,
    source_subject,
)
from image_worker.pipeline.native import reading
from image_worker.pipeline.opening import Opened
from image_worker.pipeline.plan import shrink_on_load
from image_worker.pipeline.preview import preview
from image_worker.pipeline.renditions import branches, shared
from image_worker.pipeline.steps import carry_out
from image_worker.pipeline.task import Task
from image_worker.pipeline.writing import written

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from image_worker.limits import Limits
    from image_worker.pipeline.opening import File
    from image_worker.pipeline.recipe import Recipe
    from image_worker.pipeline.rendered import Rendered
    from image_worker.pipeline.renditions import Branch
    from image_worker.vision.models import Models


def render(
    recipe: Recipe,
    sources: Mapping[str, bytes],
    *,
    limits: Limits,
    svg: bool = False,
    models: Callable[[], Models] | None = None,
) -> Rendered:
    """Make the results that the recipe describes.

    `sources` holds the bytes of every picture that the recipe names, by their digests; `models`
    returns what can see, and is called where a step needs it. Raises an
    `ImageWorkerError`: `PictureError` where a file is to blame, `JobError` or `RenderError` where
    the recipe asks for what cannot be done.
    """
    opened = Opened(sources, limits, svg, models)
    file = opened.file(recipe.image)
    wanted = list(branches(recipe))
    frames = _frames(recipe, file, wanted)
    task = Task(recipe, file, opened, wanted, frames, header_facts(file.header))
    with reading(file.data, file.header.reader):
        asked = analyzers(_asked(recipe, wanted))
        planned = preview(task, asked)
        if recipe.dry_run:
            return planned
        sight = opened.sight(recipe.image)
        further = measured_facts(file.data, file.header, asked, sight)
        return _render(replace(task, facts={**task.facts, **further}))


def _render(task: Task) -> Rendered:
    recipe, limits = task.recipe, task.opened.limits
    picture = _decoded(task)
    analysis = _of_input(task, picture)
    own: Any = recipe.image.operations
    picture, _ = carry_out(picture, own, task.facts, limits, "image.operations")
    picture, steps = carry_out(picture, recipe.operations, task.facts, limits)
    apart = _apart(task, picture)
    picture = replace(picture, apart=())
    if task.recipe.analyze.of == "output":
        picture, analysis = _of_output(task, picture)
    picture = shared(picture, [task.active(tuple(branch.operations)) for branch in task.branches])
    results = [_branch(task, picture, branch) for branch in task.branches]
    main = next((made for branch, made in results if not branch.name), None)
    outputs: dict[str, tuple[Rendered, ...]] = {**apart}
    for branch, made in results:
        if branch.name:
            outputs[branch.name] = (*outputs.get(branch.name, ()), made)
    whole = main or replace(results[0][1], data=b"", notices=picture.notices)
    return replace(whole, steps=steps, analysis=analysis, outputs=outputs)


def _apart(task: Task, picture: Picture) -> dict[str, tuple[Rendered, ...]]:
    """Return what steps set aside, by name, written as the job says of its main result."""
    count, most = len(task.branches) + len(picture.apart), task.opened.limits.max_outputs
    if picture.apart and count > most:
        raise InvalidParameterError(
            f"expected at most {most} results, got {count}", path="operations"
        )
    name = "".join(step.sets_aside for step in task.recipe.operations)
    output = task.recipe.discreet(task.recipe.usual)
    return {
        f"{name}_{number}": (written(part, output, task.file),)
        for number, part in enumerate(picture.apart, 1)
    }


def _branch(task: Task, picture: Picture, branch: Branch) -> tuple[Branch, Rendered]:
    limits, path = task.opened.limits, f"{branch.path}.operations"
    picture, steps = carry_out(picture, branch.operations, task.facts, limits, path)
    return branch, replace(written(picture, branch.output, task.file), steps=steps)


def _frames(recipe: Recipe, file: File, wanted: list[Branch]) -> int:
    """Return how many frames are worked."""
    left = file.header.pages - recipe.image.page
    shown = file.header.reader.paged and any(branch.output.animates for branch in wanted)
    asked = recipe.image.pages
    if asked is None:
        return left if shown else 1
    return left if asked == -1 else max(1, min(asked, left))


def _asked(recipe: Recipe, wanted: list[Branch]) -> list[str]:
    """Return the facts that conditions ask for."""
    branched = [step for branch in wanted for step in branch.operations]
    steps: list[Any] = [*recipe.image.operations, *recipe.operations, *branched]
    return [fact for step in steps if step.when is not None for fact in facts_of(step.when)]


def _decoded(task: Task) -> Picture:
    header, recipe = task.file.header, task.recipe
    own = (*recipe.image.operations, *recipe.operations)
    ways = [task.active((*own, *branch.operations)) for branch in task.branches]
    if recipe.analyze.of == "output":
        ways.append(task.active(own))  # it is measured before the renditions part
    shrink = 1
    if recipe.plan == "fast" and task.frames == 1:
        shrink = shrink_on_load(header, ways)
    picture = decode(
        task.file.data, header, shrink=shrink, page=recipe.image.page, frames=task.frames
    )
    picture = replace(picture, inputs=task.opened, sight=task.opened.sight(recipe.image))
    if recipe.analyze.of == "input" and shrink == 1 and _read_twice(task, (*own,)):
        picture = picture.each(in_memory)
    return _noted(task, picture)


def _noted(task: Task, picture: Picture) -> Picture:
    left_out = task.file.header.pages - task.frames
    if not (task.file.header.reader.paged and left_out and task.recipe.image.pages is None):
        return picture
    return picture.note(
        "first_frame_only",
        f"{task.branches[0].output.name} holds one picture; {left_out} more frames were left out",
        "output.format",
    )


def _read_twice(task: Task, further: tuple[Any, ...] = ()) -> bool:
    """Tell whether what is measured is read again, by further steps or by an encoder."""
    seeing = {"header", "sight"} if task.recipe.analyze.of == "input" else {"header"}
    reads = any(one.reads not in seeing for one in task.recipe.analyze.want)
    return reads and (bool(further) or not isinstance(task.recipe.output, Json))


def _of_input(task: Task, picture: Picture) -> dict[str, Any]:
    wanted = task.recipe.analyze
    if wanted.of == "output" or not wanted.want:
        return {}
    file = task.file
    whole = picture if picture.shrunk == 1 else _original(task)
    return measured(wanted.want, source_subject(file.data, file.header, whole))


def _of_output(task: Task, picture: Picture) -> tuple[Picture, dict[str, Any]]:
    if _read_twice(task):
        picture = picture.each(in_memory)
    subject = result_subject(picture.whole(), task.branches[0].output.name, _original(task))
    return picture, measured(task.recipe.analyze.want, subject)


def _original(task: Task) -> Picture:
    picture = decode(task.file.data, task.file.header, page=task.recipe.image.page)
    return replace(picture, inputs=task.opened, sight=task.opened.sight(task.recipe.image))
