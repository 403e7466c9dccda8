"""`image-worker presets`: the named lists of steps that are kept here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click
from click import get_current_context

from image_worker.cli.look import Command, Group
from image_worker.cli.trouble import NOTHING_TO_DO, JobFailed, configured, unknown
from image_worker.errors import ImageWorkerError
from image_worker.job import read_job
from image_worker.presets import expand
from image_worker.settings import PREFIX, read_presets

if TYPE_CHECKING:
    from image_worker.presets import PresetDefinition

_NONE = f"no presets are kept here; {PREFIX}PRESETS names a file of them"


@click.group("presets", cls=Group)
def command() -> None:
    """List, show and check the presets that are kept here.

    \b
    image-worker presets list
    image-worker presets show avatar
    image-worker presets check presets.json

    They stand in a JSON file that IMAGE_WORKER_PRESETS names; a step uses one by its name:
    `image-worker process in.jpg out.jpg preset --name avatar --set size=64`.
    """  # noqa: D301 - click's mark for lines that stay as they are


@command.command("list", cls=Command)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(*, as_json: bool) -> None:
    """List the presets, their variables and what they are for."""
    kept = _kept()
    if as_json:
        click.echo(json.dumps({name: _plain(one) for name, one in kept.items()}, indent=2))
        return
    if not kept:
        click.echo(_NONE, err=True)
        get_current_context().exit(NOTHING_TO_DO)
    width = max(map(len, kept))
    for name, one in kept.items():
        click.echo(f"{name.ljust(width)}  {_line(one)}".rstrip())


@command.command("show", cls=Command)
@click.argument("name")
def show(name: str) -> None:
    """Print one preset as JSON."""
    kept = _kept()
    if name not in kept:
        raise unknown("preset", name, kept, get_current_context())
    click.echo(json.dumps(_plain(kept[name]), indent=2))


@command.command("check", cls=Command)
@click.argument("file", required=False, type=click.Path())
def check(file: str | None) -> None:
    """Check a file of presets, or that which is used here.

    Each preset is tried as a job, without a picture. Variables that have no default cannot be
    tried; the steps that use them are left out.
    """
    kept = _read(Path(file)) if file else _kept()
    problems = [(name, problem) for name, one in kept.items() if (problem := _problem(name, one))]
    for name, problem in problems:
        click.echo(f"{name}: {problem}", err=True)
    if problems:
        raise JobFailed(f"{len(problems)} of {len(kept)} presets cannot be used")
    click.echo(f"{len(kept)} presets, all in order")


def _kept() -> dict[str, PresetDefinition]:
    path = configured().presets
    return _read(path) if path else {}


def _read(path: Path) -> dict[str, PresetDefinition]:
    try:
        return read_presets(path)
    except ImageWorkerError as error:
        raise click.UsageError(error.message.removeprefix(f"{PREFIX}PRESETS: ")) from None


def _plain(one: PresetDefinition) -> Any:
    return one.model_dump(mode="json", exclude_defaults=True)


def _line(one: PresetDefinition) -> str:
    given = {name: f"={json.dumps(value)}" for name, value in one.defaults.items()}
    variables = [f"{name}{given.get(name, '')}" for name in sorted(one.variables())]
    steps = len(one.operations)
    words = [one.description, f"{steps} step{'s' if steps > 1 else ''}", ", ".join(variables)]
    return "; ".join(filter(None, words))


def _problem(name: str, one: PresetDefinition) -> str:
    """Return what is wrong with a preset, or nothing."""
    lacking = one.variables() - set(one.defaults)
    operations = [step for step in one.operations if not _uses(step, lacking)]
    output = None if _uses(one.output, lacking) else one.output
    tried = one.model_copy(update={"operations": operations, "output": output})
    try:
        payload: Any = {"image": "data:,", "operations": [{"preset": {"name": name}}]}
        read_job(expand(payload, {name: tried}).payload, configured().limits)
    except ImageWorkerError as error:
        return str(error)
    return ""


def _uses(part: Any, variables: set[str]) -> bool:
    text = json.dumps(part)
    return any(f"${{{name}}}" in text for name in variables)
