"""The one function that everything ends in."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from image_worker.analysis.base import Subject
from image_worker.errors import ImageWorkerError
from image_worker.formats.facts import Json
from image_worker.picture import Notice, Picture, in_memory, ink
from image_worker.pipeline import plan
from image_worker.pipeline.decode import decode
from image_worker.pipeline.header import Header, check_header, read_header, sniff
from image_worker.pipeline.native import reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyvips

    from image_worker.analysis.base import Analyzer
    from image_worker.formats.base import Output
    from image_worker.limits import Limits
    from image_worker.operations.base import Operation
    from image_worker.pipeline.recipe import Recipe


@dataclass(frozen=True, slots=True)
class Rendered:
    """The bytes of the result, and what is known of it."""

    data: bytes
    format: str
    mime: str
    width: int
    height: int
    pages: int
    has_alpha: bool
    quality: int | None
    steps: tuple[dict[str, Any], ...]
    """Type, width and height after each operation."""
    notices: tuple[Notice, ...]
    analysis: dict[str, Any]

    @property
    def sha256(self) -> str:
        """Digest of the bytes."""
        return hashlib.sha256(self.data).hexdigest()


def render(data: bytes, recipe: Recipe, *, limits: Limits, svg: bool = False) -> Rendered:
    """Make the result that the recipe describes from the bytes of a picture file.

    Raises an `ImageWorkerError`: `PictureError` where the file is to blame, `JobError` or
    `RenderError` where the recipe asks for what cannot be done.
    """
    reader = sniff(data, svg=svg)
    with reading(data, reader):
        header = read_header(data, reader)
        check_header(header, limits)
        frames = header.pages if reader.paged and recipe.output.animates else 1
        _check_results(header, recipe, frames, limits)
        return _render(data, header, recipe, frames)


def _check_results(header: Header, recipe: Recipe, frames: int, limits: Limits) -> None:
    plan.check_size(header.size, frames, limits, "image")
    sizes = plan.check_sizes(header.size, recipe.operations, frames, limits)
    plan.check_format(sizes[-1] if sizes else header.size, recipe.output)


def _render(data: bytes, header: Header, recipe: Recipe, frames: int) -> Rendered:
    exact = recipe.plan == "exact" or frames > 1
    shrink = 1 if exact else plan.shrink_on_load(header, recipe.operations)
    picture = decode(data, header, shrink=shrink, frames=frames > 1)
    if recipe.analyze and shrink == 1 and not isinstance(recipe.output, Json):
        picture = picture.each(in_memory)
    analysis = _measured(data, header, picture, recipe.analyze)
    if header.pages > frames and header.reader.paged:
        picture = picture.note(
            "first_frame_only",
            f"{recipe.output.name} holds one picture; the other {header.pages - 1} frames were "
            "left out",
            "output.format",
        )
    picture, steps = _applied(picture, recipe.operations)
    return _written(picture, recipe.output, steps, analysis)


def _measured(
    data: bytes, header: Header, picture: Picture, analyze: Sequence[Analyzer]
) -> dict[str, Any]:
    if not analyze:
        return {}
    whole = picture if picture.shrunk == 1 else decode(data, header)
    subject = Subject(whole, header.mode, header.reader.name)
    return {analyzer.name: analyzer.measure(subject) for analyzer in analyze}


def _applied(
    picture: Picture, operations: Sequence[Operation]
) -> tuple[Picture, tuple[dict[str, Any], ...]]:
    steps = []
    for index, operation in enumerate(operations):
        path = f"operations[{index}]"
        try:
            picture = _placed(operation.run(picture), path)
        except ImageWorkerError as error:
            raise error.at(f"{path}.params") from None
        steps.append({"type": operation.tag, **picture.size._asdict()})
    return picture, tuple(steps)


def _placed(picture: Picture, path: str) -> Picture:
    notices = (notice if notice.path else replace(notice, path=path) for notice in picture.notices)
    return replace(picture, notices=tuple(notices))


def _written(
    picture: Picture, output: Output, steps: tuple[dict[str, Any], ...], analysis: dict[str, Any]
) -> Rendered:
    picture = _fitted(picture.whole(), output)
    return Rendered(
        data=output.encode(picture),
        format=output.name,
        mime=output.mime,
        width=picture.size.width,
        height=picture.size.height,
        pages=len(picture.frames),
        has_alpha=picture.has_alpha,
        quality=output.quality if output.lossy else None,
        steps=steps,
        notices=picture.notices,
        analysis=analysis,
    )


def _fitted(picture: Picture, output: Output) -> Picture:
    """Return the picture without what the format cannot show, and say so."""
    if picture.has_alpha and not output.transparent:
        picture = picture.each(lambda image: _flattened(image, output)).note(
            "alpha_flattened",
            f"{output.name} has no transparency; the picture was laid upon {output.background}",
            "output.format",
        )
    if output.quality is not None and not output.lossy:
        picture = picture.note(
            "quality_ignored",
            f"{output.name} has no losses, so quality means nothing",
            "output.quality",
        )
    return picture


def _flattened(image: pyvips.Image, output: Output) -> pyvips.Image:
    image, background = ink(image, output.background)
    return image.flatten(background=background[: image.bands - 1])
