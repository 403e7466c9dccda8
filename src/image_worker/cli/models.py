"""`image-worker models`: what can look into pictures, and where the files of it are."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pyvips
import rich_click as click
from rich.console import Console
from rich.table import Table

from image_worker.cli.look import Command, Group
from image_worker.cli.trouble import JobFailed, configured
from image_worker.cli.words import amount
from image_worker.errors import ImageWorkerError
from image_worker.extras import installed
from image_worker.fields import Size
from image_worker.outgoing import Outgoing
from image_worker.vision import Sight, Wanted
from image_worker.vision.places import Places
from image_worker.vision.pulling import check_licence, pull
from image_worker.vision.table import VENDOR, find, read_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from image_worker.settings import Settings
    from image_worker.vision.models import Models
    from image_worker.vision.spec import Spec
    from image_worker.vision.wanted import Task

Json = dict[str, Any]

_MODEL_LESS: tuple[Task, ...] = ("text", "codes")
"""What is looked for by libraries that bring all that they need."""
_STYLES = {"built in": "green", "here": "green", "missing": "yellow"}
_SECONDS = 3600.0
"""Time that the fetch of a model may take."""


@click.group("models", cls=Group)
def command() -> None:
    """Show, fetch and check the models that look into pictures.

    \b
    image-worker models list
    image-worker models pull yolox-s
    image-worker models verify
    """  # noqa: D301 - click's mark for lines that stay as they are


@command.command("list", cls=Command)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def show(*, as_json: bool) -> None:
    """List all models: what each is for, its licence, and whether its file is here."""
    settings = configured()
    rows = [
        _row(name, spec, _places(settings)) for name, spec in read_table(settings.models).items()
    ]
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("model", "for", "licence", "size", "file"):
        table.add_column(title)
    for row in rows:
        state = f"[{_STYLES[row['state']]}]{row['state']}[/]"
        note = "" if row["verified"] else " (not tried by us)"
        usual = "*" if row["usual"] else ""
        size = amount(row["bytes"]) if row["bytes"] else ""
        table.add_row(f"{row['name']}{usual}", row["task"], row["licence"], size, f"{state}{note}")
    console = Console(highlight=False)
    console.print(table)
    console.print("\n* used where a job names none")


def _row(name: str, spec: Spec, places: Places) -> Json:
    path = places.file(spec)
    built_in = path is not None and path.parent == VENDOR
    return {
        "name": name,
        "task": spec.task,
        "licence": spec.licence,
        "bytes": path.stat().st_size if path else spec.bytes,
        "usual": spec.usual,
        "verified": spec.verified,
        "state": "built in" if built_in else "here" if path else "missing",
        "path": str(path) if path else None,
    }


@command.command("pull", cls=Command)
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@click.option("--accept-licence", is_flag=True, help="Accept a licence that is not free.")
def fetch(names: Sequence[str], *, accept_licence: bool) -> None:
    """Fetch models into the folder that the setting `models_folder` names.

    A file gets its name only after its digest was found to be the one in the table.
    """
    settings = configured()
    folder = settings.folder
    if folder is None:
        raise click.UsageError("this user has no home; set IMAGE_WORKER_MODELS_FOLDER")
    outgoing = Outgoing(replace(settings.policy, timeout_seconds=_SECONDS))
    for name, spec in _chosen(settings, names):
        try:
            check_licence(name, spec, accepted=accept_licence)
            click.echo(f"{name}: licence {spec.licence}", err=True)
            path = pull(name, spec, folder, outgoing, accepted=accept_licence)
        except ImageWorkerError as error:
            hint = "; say --accept-licence" if "to be accepted" in error.message else ""
            raise JobFailed(f"{error.message}{hint}") from None
        except OSError as error:
            raise JobFailed(f"cannot write below {folder}: {error.strerror}") from None
        click.echo(str(path))


@command.command("verify", cls=Command)
@click.argument("names", nargs=-1, metavar="[NAME...]")
def verify(names: Sequence[str]) -> None:
    """Load models and run each once; without names, all whose files are here."""
    settings = configured()
    models = settings.setup.models()
    wrong = 0
    kept = [name for name, spec in _chosen(settings, names) if names or models.places.file(spec)]
    trials: dict[str, Callable[[], object]] = {name: partial(models.tried, name) for name in kept}
    if not names:
        trials |= {task: partial(_read, task, models) for task in _MODEL_LESS if _able(task)}
    for name, attempt in trials.items():
        try:
            attempt()
        except ImageWorkerError as error:
            wrong += 1
            click.echo(f"{name}: {error.message}")
        else:
            click.echo(f"{name}: ok")
    if wrong:
        raise JobFailed(f"{wrong} of them cannot be used")


def _able(task: Task) -> bool:
    return installed("ocr" if task == "text" else "vision")


def _read(task: Task, models: Models) -> None:
    """Look for text or codes where there are none."""
    size = Size(96, 64)
    Sight(lambda: models).detect(Wanted(task), pyvips.Image.black(*size), size)


def _chosen(settings: Settings, names: Sequence[str]) -> Iterator[tuple[str, Spec]]:
    table = read_table(settings.models)
    for name in names or table:
        try:
            yield name, find(table, name)
        except ImageWorkerError as error:
            raise click.UsageError(error.message) from None


def _places(settings: Settings) -> Places:
    return Places(settings.setup.folders, settings.setup.hubs)
