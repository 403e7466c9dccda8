"""`image-worker schema`: the JSON Schema of what can be asked for."""

from __future__ import annotations

import json
from typing import Any

import rich_click as click

from image_worker.cli.look import Command
from image_worker.cli.trouble import configured
from image_worker.job import Job
from image_worker.settings import read_presets

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


@click.command("schema", cls=Command)
@click.argument(
    "part", type=click.Choice(["job", "output", "operations", "presets"]), default="job"
)
def command(part: str) -> None:
    """Print the JSON Schema of jobs.

    It holds every operation, filter and format with its parameters, ranges and defaults. Name
    `output` or `operations` for that part alone, or `presets` for the presets that are kept here.
    """
    if part == "presets":
        click.echo(json.dumps(_presets(), indent=2))
        return
    schema = Job.model_json_schema()
    if part != "job":
        schema = {**schema["properties"][part], "$defs": schema.get("$defs", {})}
    click.echo(json.dumps({"$schema": _DIALECT, **schema}, indent=2))


def _presets() -> dict[str, Any]:
    path = configured().presets
    kept = read_presets(path) if path else {}
    return {name: one.model_dump(mode="json", exclude_defaults=True) for name, one in kept.items()}
