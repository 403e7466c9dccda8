"""What can be set for the server: where it listens, who may call, how it queues."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field, SecretStr
from pydantic_settings import NoDecode

from image_worker.component import Model


def split(value: object) -> object:
    """Return the parts of a list that was written with commas."""
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value


Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(split)]
Numbers = Annotated[tuple[int, ...], NoDecode, BeforeValidator(split)]
Secrets = Annotated[tuple[SecretStr, ...], NoDecode, BeforeValidator(split)]
Port = Annotated[int, Field(ge=1, le=65_535)]


class Serving(Model):
    """Settings of the server alone."""

    host: str | None = None
    """Address on which the server listens. Default: `127.0.0.1`; all addresses where `PORT` says
    that a platform sends the requests, and in a container once there are keys or `no_auth`."""

    port: Port | None = None
    """Port on which the server listens. Default: `PORT`, else 8000."""

    api_keys: Secrets = ()
    """Keys that open the server, with commas between them; each as such, or as `sha256:` and its
    digest. Default: none; then the server listens on this machine alone."""

    no_auth: bool = False
    """Whether a server that others can reach may do without keys, because something in front of it
    asks for them, as RunPod does."""

    link_keys: Secrets = ()
    """Secrets that sign links to `/image`, each as `NAME:SECRET`; several are good at once."""

    allowed_hosts: Names = ()
    """Names by which a server on the loopback address is called beside `localhost`."""

    allowed_origins: Names = ()
    """Other pages that may call the server, such as `https://app.example.com`."""

    max_body_bytes: Annotated[int, Field(ge=1)] = 30_000_000
    """Bytes of a request that brings pictures as they are."""

    max_run_bytes: Annotated[int, Field(ge=1)] = 10_000_000
    """Bytes of a request to `/run`; the default is RunPod's limit."""

    max_runsync_bytes: Annotated[int, Field(ge=1)] = 20_000_000
    """Bytes of a request to `/runsync`; the default is RunPod's limit."""

    body_timeout: Annotated[float, Field(gt=0)] = 60
    """Seconds in which the body of a request has to arrive."""

    cache_seconds: Annotated[int, Field(ge=0)] = 3600
    """How long browsers and caches may keep a picture from `/image`."""

    drain_seconds: Annotated[float, Field(ge=0)] = 30
    """Seconds that running jobs have when the server is asked to stop; those of the queue then go
    back into it."""

    queue: str | None = None
    """Address of a NATS server with JetStream, such as `nats://queue.internal:4222`. Default: the
    server runs one of its own."""

    queue_directory: Path = Path("image-worker-data")
    """Folder in which the server's own queue keeps its jobs."""

    queue_server: Path | None = None
    """Program of the server's own queue. Default: the `nats-server` that is installed beside it."""

    queue_slots: Annotated[int, Field(ge=0)] | None = None
    """Jobs of the queue that are worked at once; 0 only accepts them, for others to work. Default:
    twice the number of `children`."""

    max_queued: Annotated[int, Field(ge=1)] = 5000
    """Jobs that may wait in the queue; more are refused with 429."""

    retention: Annotated[float, Field(ge=1)] = 1800
    """Seconds for which the result of a job of `/run` is kept."""

    sync_retention: Annotated[float, Field(ge=1)] = 60
    """Seconds for which the result of a job of `/runsync` is kept."""

    batch_retention: Annotated[float, Field(ge=1)] = 86_400
    """Seconds for which the result of a job of a batch is kept."""

    webhook_secret: SecretStr | None = None
    """Secret with which webhooks are signed, as Standard Webhooks describe it."""
