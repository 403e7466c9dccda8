"""What can be set from outside, by environment variables; nothing below this reads them."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, Field, TypeAdapter, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from image_worker import fonts
from image_worker.cache import Cache
from image_worker.component import explain, suggestion
from image_worker.engine import Engine, InProcessEngine
from image_worker.errors import ImageWorkerError
from image_worker.limits import Limits
from image_worker.outgoing import Outgoing, Policy
from image_worker.presets import PresetDefinition, Presets
from image_worker.sources.base import Access
from image_worker.worker import Worker

if TYPE_CHECKING:
    from collections.abc import Mapping

log = logging.getLogger(__name__)

PREFIX = "IMAGE_WORKER_"


class SettingsError(ImageWorkerError):
    """A setting has a value that it cannot have; nothing works until that is mended."""

    code = "invalid_settings"


def _split(value: object) -> object:
    return (
        [part.strip() for part in value.split(",") if part.strip()]
        if isinstance(value, str)
        else value
    )


def _threads() -> int:
    usable = getattr(os, "sched_getaffinity", None)  # macOS and Windows have none
    return max(2, len(usable(0)) if usable else os.cpu_count() or 1)


_PRESETS = TypeAdapter(dict[str, PresetDefinition])

Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]
Numbers = Annotated[tuple[int, ...], NoDecode, BeforeValidator(_split)]


class Settings(Limits, BaseSettings):
    """Every setting; the environment variable is its name in capitals after `IMAGE_WORKER_`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, strict=False, frozen=True, extra="forbid", use_attribute_docstrings=True
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

    cache_bytes: Annotated[int, Field(ge=0)] = 64_000_000
    """Bytes of results that are kept in memory; 0 keeps none."""

    threads: Annotated[int, Field(ge=0)] = 1
    """Threads that one picture is worked with; 0 is the number of processors. One costs the least
    CPU, and batches use all processors anyway; more finish one large picture sooner."""

    batch_threads: Annotated[int, Field(ge=1)] = Field(default_factory=_threads)
    """Jobs of one batch that are worked at once. Default: the number of processors, at least 2."""

    isolated: bool | None = None
    """Whether pictures are worked in child processes that are locked down and thrown away after a
    crash or a timeout. Linux only. Default: where strangers are served, which the RunPod worker
    and the server do; the command and the library work pictures in their own process."""

    job_timeout: Annotated[float, Field(gt=0)] = 30
    """Seconds that a job may take from the moment it gets its child, where `isolated` is set."""

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

    def engine(self, *, serving: bool = False) -> Engine:
        """Return the engine that renders; `serving` tells whether strangers send the jobs."""
        if not (serving if self.isolated is None else self.isolated):
            return InProcessEngine(self.threads)
        if sys.platform != "linux":
            log.warning("pictures are worked in this process: children need Linux")
            return InProcessEngine(self.threads)
        from image_worker.engine.isolated import IsolatedEngine, Isolation  # noqa: PLC0415 - Linux

        return IsolatedEngine(
            Isolation(
                children=self.batch_threads,
                threads=max(1, self.threads),
                job_seconds=self.job_timeout,
            )
        )

    def worker(self, engine: Engine | None = None, *, serving: bool = False) -> Worker:
        """Return a worker that is set up like this; `serving`: strangers send the jobs."""
        _configure_fonts()
        return Worker(
            engine or self.engine(serving=serving),
            Access(Outgoing(self.policy), self.max_source_bytes),
            Cache(self.cache_bytes, size=lambda rendered: rendered.total_bytes + _OVERHEAD_BYTES),
            self.limits,
            svg=self.svg,
            presets=Presets(
                read_presets(self.presets) if self.presets else {}, only=self.presets_only
            ),
        )


def _configure_fonts() -> None:
    """Give fontconfig a configuration where the machine has none, so that it does not complain."""
    said = {"FONTCONFIG_FILE", "FONTCONFIG_PATH"} & os.environ.keys()
    if sys.platform == "linux" and not said and not Path("/etc/fonts/fonts.conf").exists():
        os.environ["FONTCONFIG_FILE"] = str(fonts.CONFIGURATION)


_OVERHEAD_BYTES = 2048
"""What a result takes in the cache beside its bytes, roughly."""


def unknown_settings(environment: Mapping[str, str] = os.environ) -> list[str]:
    """Return a sentence for each variable with our prefix that is no setting."""
    known = [f"{PREFIX}{name.upper()}" for name in Settings.model_fields]
    return [
        f"{name} is not a setting; {suggestion(name, known) or 'see docs/settings.md'}"
        for name in environment
        if name.startswith(PREFIX) and name not in known
    ]


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
        settings = Settings(**overrides)
    except ValidationError as error:
        problem = explain(error, Settings)
        raise SettingsError(f"{PREFIX}{problem.path.upper()}: {problem.message}") from None
    try:
        _ = settings.policy
    except ValueError as error:
        raise SettingsError(f"what may be fetched is set wrongly: {error}") from None
    return settings
