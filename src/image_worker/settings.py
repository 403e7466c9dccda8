"""What can be set from outside, by environment variables; nothing below this reads them."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from image_worker.component import explain, suggestion
from image_worker.engine import Engine, InProcessEngine
from image_worker.engine.isolation import child_memory, most_children
from image_worker.environment import (
    REMOTE_KEY,
    REMOTE_URL,
    configure_fonts,
    default_concurrency,
)
from image_worker.errors import ImageWorkerError
from image_worker.health import usable_memory
from image_worker.limits import Limits
from image_worker.machine import processors
from image_worker.outgoing import Outgoing, Policy
from image_worker.presets import PresetDefinition, Presets
from image_worker.serving import Names, Numbers, Serving
from image_worker.sinks.setup import Deliveries
from image_worker.sources.base import Access
from image_worker.vision.options import Seeing
from image_worker.worker import Worker
from image_worker.worker.keeping import Keeping

if TYPE_CHECKING:
    from collections.abc import Mapping

    from image_worker.engine.launch import Launched
    from image_worker.vision.setup import Setup

log = logging.getLogger(__name__)

PREFIX = "IMAGE_WORKER_"

_BUCKET = f"the bucket is set wrongly by BUCKET_ENDPOINT_URL, {PREFIX}BUCKET_NAME or their like"

_RUNPOD = ("bucket_endpoint_url", "bucket_access_key_id", "bucket_secret_access_key")
"""Settings that RunPod has names for: the same in capitals, without our prefix."""


class SettingsError(ImageWorkerError):
    """A setting has a value that it cannot have; nothing works until that is mended."""

    code = "invalid_settings"


def _threads() -> int:
    return max(2, processors())


def _children() -> int:
    return most_children(processors(), usable_memory())


_PRESETS = TypeAdapter(dict[str, PresetDefinition])


class Settings(Limits, Deliveries, Keeping, Seeing, Serving, BaseSettings):
    """Every setting; the environment variable is its name in capitals after `IMAGE_WORKER_`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_ignore_empty=True,  # a field that somebody left empty in RunPod's Hub
        strict=False,
        frozen=True,
        extra="forbid",
    )

    svg: bool = False
    """Whether SVG is read."""

    allow_hosts: Names = ()
    """If any are named, pictures are fetched only from these hosts, such as
    `example.com,*.example.org,127.0.0.1:8080`."""

    deny_hosts: Names = ()
    """Hosts from which nothing is fetched."""

    allow_networks: Names = ()
    """Networks that are allowed although they are not public, such as `10.1.0.0/16`."""

    ports: Numbers = (80, 443)
    """Ports that may be fetched from; a port named with a host in `allow_hosts` is allowed too."""

    max_redirects: Annotated[int, Field(ge=0)] = 5
    """Redirects that are followed."""

    fetch_timeout: Annotated[float, Field(gt=0)] = 10
    """Seconds for a whole fetch, redirects and body included."""

    threads: Annotated[int, Field(ge=0)] = 1
    """Threads that one picture is worked with; 0 is the number of processors. One costs the least
    CPU, and batches use all processors anyway; more finish one large picture sooner."""

    batch_threads: Annotated[int, Field(ge=1)] = Field(default_factory=_threads)
    """Jobs of one batch that are worked at once. Default: the number of processors, at least 2."""

    children: Annotated[int, Field(ge=1)] = Field(default_factory=_children)
    """Child processes that work pictures at once, where `isolated` is set. Default: the number of
    processors that this process may use, as far as its container has 768 MB for each."""

    child_memory_bytes: Annotated[int, Field(ge=256_000_000)] | None = None
    """Address space of each child, libraries and threads included; a job that needs more fails.
    Default: its share of the container's memory, from 384 MB to 3 GB."""

    queue_seconds: Annotated[float, Field(gt=0)] = 1
    """Seconds of work, by estimate, that may wait for a child before the server refuses requests
    whose callers wait; jobs of RunPod and of the queue wait however long."""

    waiting_bytes: Annotated[int, Field(ge=1)] = 500_000_000
    """Bytes that the sources of all waiting jobs may have, about; beyond, requests are refused,
    and jobs of RunPod and of the queue wait before they fetch."""

    isolated: bool | None = None
    """Whether pictures are worked in child processes that are locked down and thrown away after a
    crash or a timeout. Linux only. Default: where strangers are served, which the RunPod worker
    and the server do; the command and the library work pictures in their own process."""

    job_timeout: Annotated[float, Field(gt=0)] = 30
    """Seconds that a job may take from the moment it gets its child, where `isolated` is set."""

    concurrency: Annotated[int, Field(ge=1)] = Field(default_factory=default_concurrency)
    """Jobs that the RunPod worker takes at once. RunPod's SDK takes about this many a second,
    however short they are; no more are worked at once than there are `children`. Default: 8 for
    each processor, at least 8."""

    stream: bool = False
    """Whether the RunPod worker streams each item of a batch as soon as it is done. Every output
    is a list then, even that of a single job: RunPod's SDK cannot do both."""

    self_test: bool = True
    """Whether the RunPod worker writes and reads every format once before it takes jobs; where one
    does not work it ends, and RunPod starts another."""

    health_port: Annotated[int, Field(ge=1, le=65_535)] | None = None
    """Port on which the RunPod worker answers `/ping`, `/readyz` and `/metrics`. Default: none."""

    max_inline_bytes: Annotated[int, Field(ge=1000)] | None = None
    """Bytes that an answer may have as JSON, batches included. Default on RunPod: 9,900,000 for
    jobs of `/run` and 19,900,000 for those of `/runsync`, a little less than it accepts."""

    presets: Path | None = None
    """A JSON file with named lists of operations, which jobs use as `preset`."""

    presets_only: bool = False
    """Whether jobs may have no other steps than presets."""

    @property
    def limits(self) -> Limits:
        """The limits alone."""
        return Limits(**self.model_dump(include=set(Limits.model_fields)))

    @property
    def policy(self) -> Policy:
        """What may be fetched."""
        return Policy(
            allow_hosts=self.allow_hosts,
            deny_hosts=self.deny_hosts,
            allow_networks=self.allow_networks,
            ports=self.ports,
            max_redirects=self.max_redirects,
            timeout_seconds=self.fetch_timeout,
        )

    @property
    def setup(self) -> Setup:
        """Which models there are, and where."""
        return self.seeing(_caches())

    def engine(self, *, serving: bool = False, launched: Launched | None = None) -> Engine:
        """Return the engine that renders; `serving` tells whether strangers send the jobs.

        `launched` is what its children are forked from, where that was started already.
        """
        configure_fonts()
        if not (serving if self.isolated is None else self.isolated):
            return InProcessEngine(self.threads, models=self.setup)
        if sys.platform != "linux":
            log.warning("pictures are worked in this process: children need Linux")
            return InProcessEngine(self.threads, models=self.setup)
        from image_worker.engine.isolated import IsolatedEngine, Isolation  # noqa: PLC0415 - Linux

        return IsolatedEngine(
            Isolation(
                children=self.children,
                threads=self.threads,
                job_seconds=self.job_timeout,
                memory_bytes=self.child_memory_bytes
                or child_memory(self.children, usable_memory()),
                queue_seconds=self.queue_seconds,
                waiting_bytes=self.waiting_bytes,
                readable=_named_fonts(),
                models=self.setup,
            ),
            launched,
        )

    def worker(self, engine: Engine | None = None, *, serving: bool = False) -> Worker:
        """Return a worker that is set up like this; `serving`: strangers send the jobs."""
        outgoing = Outgoing(self.policy)
        return Worker(
            engine or self.engine(serving=serving),
            Access(outgoing, self.max_source_bytes),
            self.results(),
            self.limits,
            sources=self.sources(),
            svg=self.svg,
            presets=Presets(
                read_presets(self.presets) if self.presets else {}, only=self.presets_only
            ),
            exits=self.exits(outgoing, self.policy),
        )


def _caches() -> tuple[Path, ...]:
    """Return where Hugging Face keeps what was fetched from it."""
    named, home = os.environ.get("HF_HUB_CACHE"), os.environ.get("HF_HOME")
    return (*((Path(named),) if named else ()), *((Path(home) / "hub",) if home else ()))


def _named_fonts() -> tuple[str, ...]:
    """Return where the environment says that fonts are configured and kept."""
    named = (os.environ.get(name) for name in ("FONTCONFIG_FILE", "FONTCONFIG_PATH"))
    data = os.environ.get("XDG_DATA_HOME")
    return (*filter(None, named), *([f"{data}/fonts"] if data else []))


_OF_CLIENTS = {REMOTE_KEY, REMOTE_URL}
"""Variables with our prefix that are read elsewhere."""


def unknown_settings(environment: Mapping[str, str] = os.environ) -> list[str]:
    """Return a sentence for each variable with our prefix that is no setting."""
    known = [f"{PREFIX}{name.upper()}" for name in Settings.model_fields]
    return [
        f"{name} is not a setting; {suggestion(name, known) or 'see docs/settings.md'}"
        for name in environment
        if name.startswith(PREFIX) and name not in known and name not in _OF_CLIENTS
    ]


def _of_runpod(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the settings that stand under RunPod's own names, where ours say nothing."""
    return {
        name: environment[name.upper()]
        for name in _RUNPOD
        if environment.get(name.upper()) and not environment.get(f"{PREFIX}{name.upper()}")
    }


def read_presets(path: Path) -> dict[str, PresetDefinition]:
    """Read the file of presets; raises a `SettingsError`."""
    try:
        return _PRESETS.validate_json(path.read_bytes())
    except OSError as error:
        raise SettingsError(f"{PREFIX}PRESETS: cannot read {path}: {error.strerror}") from None
    except ValidationError as error:
        problem = explain(error, PresetDefinition)
        raise SettingsError(
            f"{PREFIX}PRESETS: in {path}: {problem.path}: {problem.message}"
        ) from None


def load(**overrides: Any) -> Settings:
    """Read the settings from the environment; raises a `SettingsError`."""
    for sentence in unknown_settings(os.environ):
        log.warning(sentence)
    try:
        settings = Settings(**{**_of_runpod(os.environ), **overrides})
    except ValidationError as error:
        problem = explain(error, Settings)
        raise SettingsError(f"{PREFIX}{problem.path.upper()}: {problem.message}") from None
    try:
        _ = settings.policy
    except ValueError as error:
        raise SettingsError(f"what may be fetched is set wrongly: {error}") from None
    try:
        settings.check_models()
    except (ImageWorkerError, OSError) as error:
        raise SettingsError(f"{PREFIX}MODELS: {error}") from None
    try:
        _ = settings.bucket
    except ImageWorkerError as error:
        raise SettingsError(f"{_BUCKET}: {error}") from None
    return settings
