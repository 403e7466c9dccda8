"""`image-worker queue`: what an endpoint has to do, and changes to it."""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING, Any

import rich_click as click

from image_worker.cli.look import Command, Group
from image_worker.cli.remote import HELP, connected, named
from image_worker.cli.words import duration

if TYPE_CHECKING:
    from image_worker.endpoint import JobState

_STYLES = {
    "IN_QUEUE": "",
    "IN_PROGRESS": "cyan",
    "COMPLETED": "green",
    "FAILED": "bold red",
    "TIMED_OUT": "bold red",
    "CANCELLED": "yellow",
}
_LEFT_OUT = 300
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


@click.group(
    "queue",
    cls=Group,
    help=f"""See and change what an endpoint has to do.

\b
image-worker queue list --url http://127.0.0.1:8000
image-worker queue status ID --json
image-worker queue health --endpoint ENDPOINT

{HELP}
""",
)
def command() -> None:
    """Take the commands."""


_as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@command.command("list", cls=Command)
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="How many jobs."
)
@named
@_as_json
def listed(endpoint_id: str | None, url: str | None, limit: int, *, as_json: bool) -> None:
    """List the last jobs, newest first."""
    with connected(endpoint_id, url) as endpoint:
        jobs = endpoint.requests(limit)
    if as_json:
        click.echo(json.dumps([job.raw for job in jobs], indent=2))
        return
    if not jobs:
        click.echo("No jobs.", err=True)
        return
    _table(jobs)


@command.command("status", cls=Command)
@click.argument("job_id", metavar="ID")
@named
@_as_json
def status(job_id: str, endpoint_id: str | None, url: str | None, *, as_json: bool) -> None:
    """Tell where a job stands, and what came of it."""
    with connected(endpoint_id, url) as endpoint:
        job = endpoint.status(job_id)
    if as_json:
        click.echo(json.dumps(job.raw, indent=2))
        return
    click.echo(told(job))
    if job.ended and job.output is not None:
        click.echo(json.dumps(shown(job.output), indent=2))


@command.command("cancel", cls=Command)
@click.argument("job_ids", metavar="ID...", nargs=-1, required=True)
@named
@_as_json
def cancel(
    job_ids: tuple[str, ...], endpoint_id: str | None, url: str | None, *, as_json: bool
) -> None:
    """Call jobs off, whether they wait or run."""
    with connected(endpoint_id, url) as endpoint:
        _changed([endpoint.cancel(one) for one in job_ids], as_json=as_json)


@command.command("retry", cls=Command)
@click.argument("job_ids", metavar="ID...", nargs=-1, required=True)
@named
@_as_json
def retry(
    job_ids: tuple[str, ...], endpoint_id: str | None, url: str | None, *, as_json: bool
) -> None:
    """Run jobs again that failed or took too long."""
    with connected(endpoint_id, url) as endpoint:
        _changed([endpoint.retry(one) for one in job_ids], as_json=as_json)


@command.command("purge", cls=Command)
@click.option("--yes", is_flag=True, help="Do not ask.")
@named
@_as_json
def purge(endpoint_id: str | None, url: str | None, *, yes: bool, as_json: bool) -> None:
    """Call off every job that waits."""
    if not yes and not sys.stdin.isatty():
        raise click.UsageError("this cannot be undone; say --yes")
    with connected(endpoint_id, url) as endpoint:
        if not yes:
            click.confirm(f"Call off all that waits at {endpoint.url}?", abort=True, err=True)
        removed = endpoint.purge_queue()
    click.echo(json.dumps({"removed": removed}) if as_json else f"{removed} called off")


@command.command("health", cls=Command)
@named
@_as_json
def health(endpoint_id: str | None, url: str | None, *, as_json: bool) -> None:
    """Count jobs and workers."""
    with connected(endpoint_id, url) as endpoint:
        counts = endpoint.health()
    if as_json:
        click.echo(json.dumps(counts, indent=2))
        return
    for kind in ("jobs", "workers"):
        known = counts.get(kind, {}).items()
        told = ", ".join(f"{count} {_words(name)}" for name, count in known)
        click.echo(f"{kind.ljust(8)} {told or 'not told'}")


def _changed(jobs: list[JobState], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps([job.raw for job in jobs], indent=2))
        return
    for job in jobs:
        click.echo(told(job))


def told(job: JobState) -> str:
    """Return in a line where a job stands."""
    parts = [f"{job.id}  {job.status}"]
    if job.progress is not None:
        parts.append(f"progress {json.dumps(job.progress)}")
    if job.delay_milliseconds is not None:
        parts.append(f"waited {duration(job.delay_milliseconds)}")
    if job.execution_milliseconds is not None:
        parts.append(f"ran {duration(job.execution_milliseconds)}")
    return "  ".join([*parts, job.error] if job.error else parts)


def _table(jobs: list[JobState]) -> None:
    from rich.console import Console  # noqa: PLC0415 - slow to import
    from rich.text import Text  # noqa: PLC0415 - as above

    rows = [("ID", "STATUS", "AGE", "WAITED", "RAN"), *map(_row, jobs)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    console = Console(highlight=False)
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        style = _STYLES.get(row[1], "bold" if row is rows[0] else "")
        line = Text.assemble(f"{cells[0]}  ", (cells[1], style), "  ", "  ".join(cells[2:]))
        line.rstrip()
        console.print(line, soft_wrap=True)


def _row(job: JobState) -> tuple[str, ...]:
    times = (job.delay_milliseconds, job.execution_milliseconds)
    waited, ran = ("" if time is None else duration(time) for time in times)
    return job.id, job.status, _age(job.raw.get("createdAt")), waited, ran


def _age(milliseconds: Any) -> str:
    """Return how long ago that was."""
    if not isinstance(milliseconds, int | float):
        return ""
    seconds = max(0.0, time.time() - milliseconds / 1000)
    for unit, word in ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "min")):
        if seconds >= unit:
            return f"{seconds // unit:.0f} {word}"
    return f"{seconds:.0f} s"


def _words(name: str) -> str:
    """Return `in progress` for `inProgress`."""
    return "".join(f" {one.lower()}" if one.isupper() else one for one in name)


def shown(value: Any) -> Any:
    """Return JSON with long texts cut short: pictures, which a terminal cannot show."""
    if isinstance(value, dict):
        return {key: shown(part) for key, part in value.items()}
    if isinstance(value, list):
        return [shown(part) for part in value]
    if isinstance(value, str) and len(value) > _LEFT_OUT:
        return f"{value[:60]}... ({len(value):,} characters; --json prints all)"
    return value
