"""What goes wrong, as one sentence on the terminal and an exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import rich_click as click
from click.exceptions import NoArgsIsHelpError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from image_worker.settings import Settings


FAILED, NOTHING_TO_DO, REMOTE, INTERRUPTED = 1, 3, 4, 130
"""Exit codes, beside 0 for done and 2 for wrong usage; 4 is for what another machine said."""


class JobFailed(click.ClickException):
    """The command line was right and the job failed."""

    exit_code = FAILED


def unknown(word: str, name: str, known: Iterable[str], ctx: click.Context) -> click.UsageError:
    """Return the error for a name that is not known, with what was probably meant."""
    from image_worker.component import suggestion  # noqa: PLC0415 - the list of commands is quick

    names = list(known)
    hint = suggestion(name, names) or f"known are {', '.join(names)}"
    return click.UsageError(f'there is no {word} "{name[:60]}"; {hint}', ctx)


def configured(**said: Any) -> Settings:
    """Read the settings, or say which variable is wrong; what was typed stands before those."""
    from image_worker.errors import ImageWorkerError  # noqa: PLC0415 - as above
    from image_worker.settings import load  # noqa: PLC0415

    try:
        return load(**said)
    except ImageWorkerError as error:
        raise click.UsageError(f"the environment is wrong: {error}") from None


def show(error: click.ClickException) -> None:
    """Print the sentence to the error stream, and where help is for wrong usage."""
    if isinstance(error, NoArgsIsHelpError):
        click.echo(error.format_message(), err=True)
        return
    from rich.console import Console  # noqa: PLC0415 - slow to import, and rarely needed
    from rich.text import Text  # noqa: PLC0415

    console = Console(stderr=True, highlight=False)
    console.print(Text.assemble(("Error: ", "bold red"), error.format_message()), soft_wrap=True)
    if isinstance(error, click.UsageError) and error.ctx:
        command = error.ctx.command_path.replace(" IN OUT", "")
        console.print(Text(f"Try: {command} --help", style="dim"), soft_wrap=True)
