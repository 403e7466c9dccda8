"""`image-worker cache`: the results that are kept in a folder."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import rich_click as click
from click import get_current_context

from image_worker.cache import Disk
from image_worker.cli.look import Command, Group
from image_worker.cli.trouble import NOTHING_TO_DO, JobFailed, configured
from image_worker.cli.words import amount
from image_worker.settings import PREFIX

if TYPE_CHECKING:
    from image_worker.settings import Settings


@click.group("cache", cls=Group)
def command() -> None:
    """Show what the folder of kept results holds, or empty it.

    \b
    image-worker cache show
    image-worker cache clear

    IMAGE_WORKER_CACHE_FOLDER names the folder; without it results are kept in memory only, by each
    server and worker for itself. Workers that use the folder meanwhile go on.
    """  # noqa: D301 - click's mark for lines that stay as they are


@command.command("show", cls=Command)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def show(*, as_json: bool) -> None:
    """Show how much is kept, and how much may be."""
    settings = configured()
    files, taken = _disk(settings).contents()
    if as_json:
        facts = {
            "folder": str(settings.cache_folder),
            "results": files,
            "bytes": taken,
            "max_bytes": settings.cache_folder_bytes,
        }
        click.echo(json.dumps(facts, indent=2))
        return
    most = amount(settings.cache_folder_bytes)
    click.echo(f"{settings.cache_folder}: {files} results, {amount(taken)} of {most}")


@command.command("clear", cls=Command)
def clear() -> None:
    """Remove everything that is kept."""
    settings = configured()
    try:
        files, taken = _disk(settings).clear()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise JobFailed(f"cannot empty {settings.cache_folder}: {reason}") from None
    click.echo(f"{files} results removed, {amount(taken)}", err=True)


def _disk(settings: Settings) -> Disk:
    if settings.cache_folder is None:
        click.echo(f"no results are kept in a folder; {PREFIX}CACHE_FOLDER names one", err=True)
        get_current_context().exit(NOTHING_TO_DO)
    return Disk(settings.cache_folder, settings.cache_folder_bytes)
