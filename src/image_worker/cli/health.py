"""`image-worker health`: the state in short, for probes."""

from __future__ import annotations

import json
from typing import Any

import rich_click as click

from image_worker.cli.look import Command
from image_worker.cli.trouble import configured
from image_worker.cli.words import amount
from image_worker.health import health


@click.command("health", cls=Command)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(*, as_json: bool) -> None:
    """Print the state of this worker in short."""
    state = health(svg=configured().svg)
    click.echo(json.dumps(state, indent=2) if as_json else _told(state))


def _told(state: dict[str, Any]) -> str:
    used, limit = state["memory"]["resident_bytes"], state["memory"]["limit_bytes"]
    memory = f"{amount(used)}{f' of {amount(limit)}' if limit else ''}" if used else "unknown"
    return "\n".join(
        (
            f"{state['status']}, version {state['version']}",
            f"reads   {', '.join(state['formats']['read'])}",
            f"writes  {', '.join(state['formats']['write'])}",
            f"memory  {memory}",
        )
    )
