"""`image-worker schema`: the JSON Schema of what can be asked for."""

from __future__ import annotations

import json

import rich_click as click

from image_worker.cli.look import Command
from image_worker.job import Job

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


@click.command("schema", cls=Command)
@click.argument("part", type=click.Choice(["job", "output", "operations"]), default="job")
def command(part: str) -> None:
    """Print the JSON Schema of jobs.

    It holds every operation, filter and format with its parameters, ranges and defaults. Name
    `output` or `operations` for that part alone.
    """
    schema = Job.model_json_schema()
    if part != "job":
        schema = {**schema["properties"][part], "$defs": schema.get("$defs", {})}
    click.echo(json.dumps({"$schema": _DIALECT, **schema}, indent=2))
