"""`image-worker serve`: the worker over HTTP, with its page and its queue."""

from __future__ import annotations

from typing import Any

import rich_click as click

from image_worker import environment
from image_worker.cli.look import Command
from image_worker.cli.trouble import JobFailed, configured
from image_worker.errors import ImageWorkerError
from image_worker.telemetry import logs


@click.command("serve", cls=Command)
@click.option("--host", help="Address to listen on. Default: 127.0.0.1, or all in a container.")
@click.option("--port", type=click.IntRange(1, 65_535), help="Default: PORT, else 8000.")
@click.option("--no-auth", is_flag=True, default=None, help="Listen for others without any key.")
@click.option("--queue", metavar="URL", help="A NATS server to use, such as nats://queue:4222.")
def command(**typed: Any) -> None:
    """Serve pictures, jobs and a page to try them on.

    \b
    image-worker serve
    image-worker serve --port 9000
    IMAGE_WORKER_API_KEYS=secret image-worker serve --host 0.0.0.0

    It speaks the job API of a RunPod endpoint (/run, /runsync, /status ...), works pictures
    directly (/process, /image ...), and keeps its jobs in the folder image-worker-data.
    """  # noqa: D301 - click's mark for lines that stay as they are
    around, launched = environment.surroundings(), None
    if environment.early().isolated:
        from image_worker.engine.launch import Launched  # noqa: PLC0415 - Linux

        launched = Launched()  # it is ready by the time that all else is imported
    settings = configured(**{name: said for name, said in typed.items() if said is not None})
    try:
        from image_worker.server.binding import binding  # noqa: PLC0415 - an extra
        from image_worker.server.running import run  # noqa: PLC0415 - as above
    except ModuleNotFoundError as error:
        raise JobFailed(
            f"{error.name} is missing; install it with: pip install 'worker-image[server,queue]'"
        ) from None
    logs.configure()
    try:
        bound = binding(settings, around)
        keys = f"{len(settings.api_keys)} keys" if settings.api_keys else "no key needed"
        click.echo(
            f"Page and API at http://{bound.host}:{bound.port} ({keys}); Ctrl+C ends", err=True
        )
        if bound.hint:
            click.echo(f"Note: {bound.hint}", err=True)
        run(settings, bound, around, launched)
    except KeyboardInterrupt:
        return
    except ImageWorkerError as error:
        raise JobFailed(error.message) from None
