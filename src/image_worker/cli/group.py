"""The command `image-worker` itself; its parts are imported when they are called."""

from __future__ import annotations

import gc
import importlib

import rich_click as click

from image_worker.cli.look import Command, Group
from image_worker.cli.trouble import unknown
from image_worker.version import __version__

SUMMARIES = {
    "process": "Change one picture: resize, crop, filter, convert.",
    "bulk": "Change many pictures, on all processors.",
    "analyze": "Measure pictures: size, colours, brightness, EXIF, hashes, likeness.",
    "compare": "Compare two pictures: SSIM, PSNR, MSE, colours, size.",
    "run": "Run a job that is written as JSON.",
    "submit": "Send a job to an endpoint, and wait for its picture.",
    "queue": "See and change what an endpoint has to do.",
    "serve": "Serve pictures, jobs and a page to try them on.",
    "runpod": "Start the RunPod worker.",
    "ops": "List all operations, or explain one of them.",
    "presets": "List, show and check the presets that are kept here.",
    "models": "Show, fetch and check the models that look into pictures.",
    "cache": "Show what the folder of kept results holds, or empty it.",
    "schema": "Print the JSON Schema of jobs.",
    "doctor": "Check that everything works here, and say how to mend what does not.",
    "health": "Print the state of this worker in short.",
    "completion": "Print what completes commands, flags and values in your shell.",
}
"""Every command and what the list of commands says of it."""


class LazyGroup(Group):
    """Lists its commands without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order in which people need them."""
        del ctx
        return list(SUMMARIES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command that knows only its name and summary."""
        del ctx
        summary = SUMMARIES.get(cmd_name)
        return Command(name=cmd_name, help=summary) if summary else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Import the command that is called."""
        name, *rest = args
        if name.startswith("-"):
            return super().resolve_command(ctx, args)
        if name not in SUMMARIES:
            raise unknown("command", name, SUMMARIES, ctx)
        return name, _loaded(name), rest


def _loaded(name: str) -> click.Command:
    """Import a command; what it brings stays, and so no garbage is looked for meanwhile."""
    gc.disable()
    try:
        command: click.Command = importlib.import_module(f"{__package__}.{name}").command
    finally:
        gc.freeze()
        gc.enable()
    return command


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="image-worker")
def root() -> None:
    """Process pictures: one file, or jobs written as JSON.

    \b
    image-worker process photo.jpg small.webp resize --width 800
    image-worker process --quality 90 in.jpg out.jpg crop --right 50% filter --name blur
    image-worker bulk --to 'small/{stem}.webp' photos resize --width 800
    image-worker run job.json --save result.jpg
    image-worker ops resize
    """  # noqa: D301 - click's mark for lines that stay as they are
