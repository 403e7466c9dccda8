"""Draws what was seen in a picture over it, for `image-worker analyze --draw`."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Any, TypeVar

import rich_click as click

from image_worker import catalog
from image_worker.cli import files
from image_worker.operations.annotate import Annotate
from image_worker.selectors.seeing import Detect

if TYPE_CHECKING:
    from collections.abc import Callable

    from image_worker.sources.memory import BytesSource
    from image_worker.worker import Worker

Json = dict[str, Any]

_OUTLINES = {"boxes": False, "masks": True}

Command = TypeVar("Command", bound="Callable[..., Any]")


def options(command: Command) -> Command:
    """Add what `Drawing` takes to a command."""
    for option in (
        click.option(
            "--labels/--no-labels", default=True, help="With --draw: whether things are named."
        ),
        click.option(
            "--outlines",
            type=click.Choice([*_OUTLINES]),
            default="boxes",
            help="With --draw: boxes, or the masks of objects where the model gives some.",
        ),
        click.option(
            "--draw", metavar="FILE", help="Write the picture with all that was seen drawn on it."
        ),
    ):
        command = option(command)
    return command


class Drawing:
    """What is to be drawn on the picture, if anything is."""

    def __init__(
        self, wanted: Any, pictures: int, *, draw: str | None, outlines: str, labels: bool
    ) -> None:
        """Take what is measured, as it stands in a job; raises a `UsageError`."""
        self._target, self._labels = draw, labels
        self._show = _show(wanted, masks=_OUTLINES[outlines]) if draw else []
        if draw and pictures > 1:
            raise click.UsageError("--draw takes one picture at a time")
        if draw:
            files.check_target(draw)
            self._format = _format(draw)

    def draw(self, worker: Worker, image: str | BytesSource) -> None:
        """Write the picture; raises an `ImageWorkerError`."""
        if self._target is None:
            return
        step = {Annotate.name: {"show": self._show, "labels": self._labels}}
        output = {"format": self._format}
        job = {"image": image, "operations": [step], "output": output, "cache": "off"}
        files.write(self._target, worker.do(job).rendered.data)


def _show(wanted: Any, *, masks: bool) -> list[Json]:
    """Return the selectors of all that is looked for."""
    names = wanted if isinstance(wanted, list) else []
    asked = [{one: {}} if isinstance(one, str) else one for one in names]
    shown = []
    for name, further in (pair for one in asked for pair in one.items()):
        if name in _kinds():
            own = {key: value for key, value in further.items() if key != "masks"}
            shown.append({"detect": name, **own, **({"masks": True} if masks else {})})
    if not shown:
        raise click.UsageError(f"--draw needs --want with some of {', '.join(_kinds())}")
    return shown


def _format(target: str) -> str:
    suffix = PurePath(target).suffix[1:]
    if suffix not in catalog.FORMATS:
        endings = ", ".join(kind.suffix for kind in catalog.FORMATS)
        raise click.UsageError(f"cannot tell a format from {target}; expected one of {endings}")
    return suffix.upper()


def _kinds() -> tuple[str, ...]:
    return tuple(Detect.raw_schema()["properties"]["detect"]["enum"])
