"""Carries out the operations: conditions, regions, blending and failures, once for all of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pyvips

from image_worker.conditions import holds
from image_worker.errors import ImageWorkerError, RenderError
from image_worker.operations.base import Effect
from image_worker.picture import Picture, coloured, in_memory, with_alpha
from image_worker.pipeline.plan import check_size, may_be_left_out

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from image_worker.limits import Limits
    from image_worker.operations.base import Operation

_FULL = 255


def carry_out(
    picture: Picture,
    operations: Sequence[Operation],
    facts: Mapping[str, Any],
    limits: Limits,
    path: str = "operations",
) -> tuple[Picture, tuple[dict[str, Any], ...]]:
    """Return the picture after all steps, and what each step did."""
    steps = []
    for index, operation in enumerate(operations):
        place = f"{path}[{index}]"
        if operation.when is not None and not holds(operation.when, facts):
            steps.append({"type": operation.tag, **picture.size._asdict(), "skipped": True})
            continue
        before = picture
        try:
            if not operation.by_content:  # what is far too large could not even be begun
                check_size(
                    operation.result_size(picture.size),
                    len(picture.frames),
                    limits,
                    f"{place}.params",
                )
            picture = _checked(_done(picture, operation), limits, f"{place}.params")
            parts = tuple(_done(part, operation) for part in before.apart)
            for part in parts:
                _checked(part, limits, f"{place}.params")
            picture = replace(picture, apart=parts or picture.apart)
        except ImageWorkerError as error:
            picture = _without(before, operation, error, place)
        steps.append({"type": operation.tag, **picture.size._asdict(), **dict(picture.details)})
        picture = _placed(picture, place)
    return picture, tuple(steps)


def _done(picture: Picture, operation: Operation) -> Picture:
    made = _step(replace(picture, details=()), operation)
    kept = operation.keeps_content
    return replace(made, sight=made.sight.changed() if kept else made.sight.fresh())


def _checked(picture: Picture, limits: Limits, path: str) -> Picture:
    check_size(picture.size, len(picture.frames), limits, path)
    return picture


def _step(picture: Picture, operation: Operation) -> Picture:
    if not isinstance(operation, Effect) or (operation.where is None and operation.amount == 1):
        return operation.run(picture)
    still = picture.each(in_memory)
    changed = operation.run(still)
    if changed.size != still.size:
        raise RenderError("a step that changes the size cannot be limited to a part")
    return _blended(still, changed, operation)


def _blended(before: Picture, after: Picture, effect: Effect) -> Picture:
    """Return the change where the mask is full, the picture as it was where it is empty."""
    if effect.where is None:
        mask = pyvips.Image.black(*before.size) + _FULL
    else:
        mask = effect.where.coverage(before)
    mask = (mask * effect.amount).rint().cast("uchar")
    frames = tuple(
        mask.ifthenelse(*_alike(new, old), blend=True)
        for new, old in zip(after.frames, before.frames, strict=True)
    )
    return replace(after, frames=frames)


def _alike(one: pyvips.Image, other: pyvips.Image) -> tuple[pyvips.Image, pyvips.Image]:
    """Return both images with the same bands."""
    if one.bands == other.bands:
        return one, other
    if one.bands % 2 == 0 or other.bands % 2 == 0:
        one, other = with_alpha(one), with_alpha(other)
    if one.bands != other.bands:
        one, other = coloured(one), coloured(other)
    return one, other


def _without(picture: Picture, operation: Operation, error: ImageWorkerError, path: str) -> Picture:
    """Return the picture as it was if the step may be left out, else fail."""
    if may_be_left_out(operation):
        return picture.note("step_skipped", f"this step was left out: {error.message}", path)
    raise error.at(f"{path}.params") from None


def _placed(picture: Picture, path: str) -> Picture:
    notices = (notice if notice.path else replace(notice, path=path) for notice in picture.notices)
    return replace(picture, notices=tuple(notices))
