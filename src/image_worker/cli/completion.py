"""`image-worker completion`: what shells need to complete the line."""

from __future__ import annotations

import rich_click as click
from click.shell_completion import get_completion_class

from image_worker.cli.group import root
from image_worker.cli.look import Command

_PROGRAM, _VARIABLE = "image-worker", "_IMAGE_WORKER_COMPLETE"


@click.command("completion", cls=Command)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print what completes commands, flags and values in your shell.

    \b
    image-worker completion bash >> ~/.bashrc
    image-worker completion zsh >> ~/.zshrc
    image-worker completion fish > ~/.config/fish/completions/image-worker.fish
    """  # noqa: D301 - click's mark for lines that stay as they are
    kind = get_completion_class(shell)
    assert kind  # noqa: S101 - click knows all three
    click.echo(kind(root, {}, _PROGRAM, _VARIABLE).source())
