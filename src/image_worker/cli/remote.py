"""What commands share that talk to an endpoint: how it is named, and what its trouble means."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import rich_click as click

from image_worker.cli.trouble import REMOTE
from image_worker.endpoint import (
    Endpoint,
    EndpointError,
    EndpointSettingsError,
    EndpointTimeoutError,
    RemoteJobError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HELP = """The endpoint is one of RunPod's (--endpoint, with the key in RUNPOD_API_KEY), or a server
of your own (--url, with the key, if it wants one, in IMAGE_WORKER_KEY). RUNPOD_ENDPOINT_ID and
IMAGE_WORKER_URL may name it as well."""
"""What the help of each of these commands says at its end."""


class RemoteTrouble(click.ClickException):
    """The command line was right, and the endpoint or the job there failed."""

    exit_code = REMOTE


def options() -> list[click.Option]:
    """Return the options that name an endpoint."""
    return [
        click.RichOption(["endpoint_id", "--endpoint"], metavar="ID", help="Endpoint of RunPod."),
        click.RichOption(["--url"], metavar="URL", help="A server, such as http://127.0.0.1:8000."),
    ]


def named(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add these options to a command."""
    for option in reversed(options()):
        vars(command).setdefault("__click_params__", []).append(option)
    return command


@contextmanager
def connected(endpoint_id: str | None, url: str | None) -> Iterator[Endpoint]:
    """Talk to the endpoint in the block; its errors become those of the command line."""
    try:
        with Endpoint(endpoint_id, url=url) as endpoint:
            yield endpoint
    except EndpointSettingsError as error:
        raise click.UsageError(error.message) from None
    except EndpointError as error:
        raise RemoteTrouble(_told(error)) from None


def _told(error: EndpointError) -> str:
    code = error.reason.code if error.reason else error.code
    place = error.reason.path if error.reason else ""
    missing = f"{place}: " if place and place not in error.message else ""
    hint = ""
    if isinstance(error, EndpointTimeoutError) and error.job:
        hint = f"; it goes on: image-worker queue status {error.job.id}"
    if isinstance(error, RemoteJobError) and not error.reason:
        code = error.code
    return f"{missing}{error.message} ({code}){hint}"
