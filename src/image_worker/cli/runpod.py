"""`image-worker runpod`: the worker that RunPod runs."""

from __future__ import annotations

from importlib.util import find_spec

import rich_click as click

from image_worker.cli.look import Command
from image_worker.runpod_worker import start


@click.command(
    "runpod",
    cls=Command,
    context_settings={"ignore_unknown_options": True, "help_option_names": ["--help", "-h"]},
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(arguments: tuple[str, ...]) -> None:
    """Start the RunPod worker.

    On RunPod it takes jobs until it is asked to stop. Elsewhere it does the one job in
    test_input.json, or in `--test_input JSON`; ARGUMENTS are those of RunPod's SDK.
    """
    del arguments  # the SDK reads the command line by itself
    if not find_spec("runpod"):
        raise click.UsageError("RunPod's SDK is missing; pip install 'worker-image[runpod]'")
    start()
