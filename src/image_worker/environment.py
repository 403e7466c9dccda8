"""What the RunPod worker has to know before it may import anything slow.

`settings` has the same fields, documents them and refuses what is wrong; here a value that is wrong
stands for its default, until the settings are read and say so.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from image_worker import fonts
from image_worker.machine import processors

if TYPE_CHECKING:
    from collections.abc import Mapping

_PREFIX = "IMAGE_WORKER_"
_YES = {"1", "on", "t", "true", "y", "yes"}
_NO = {"0", "f", "false", "n", "no", "off"}
_LEAST_JOBS = 8
_JOBS_A_PROCESSOR = 8

LOCAL_DEFAULTS = {"RUNPOD_LOG_LEVEL": "INFO"}
"""What is set unless somebody says otherwise; at its own default the SDK logs the pictures."""

RUNPOD_DEFAULTS = {
    # Pydantic otherwise reads the metadata of every package, to find plug-ins of its own.
    "PYDANTIC_DISABLE_PLUGINS": "__all__",
    # At INFO the SDK writes up to five lines a job, and we write the one that says something.
    "RUNPOD_LOG_LEVEL": "WARN",
    # The smallest CPU instances have 2 GB; the SDK asks for 4 GB to be free.
    "RUNPOD_MIN_MEMORY_GB": "0.5",
}
"""The same where RunPod hands out the jobs."""


@dataclass(frozen=True, slots=True)
class Early:
    """The few settings that hold from the first moment on."""

    concurrency: int
    stream: bool
    self_test: bool
    isolated: bool
    svg: bool
    health_port: int | None


def early(variables: Mapping[str, str] = os.environ) -> Early:
    """Read them."""
    said = {
        name.upper().removeprefix(_PREFIX): value.strip()
        for name, value in variables.items()
        if name.upper().startswith(_PREFIX)
    }
    return Early(
        concurrency=_count(said.get("CONCURRENCY")) or default_concurrency(),
        stream=_flag(said.get("STREAM"), default=False),
        self_test=_flag(said.get("SELF_TEST"), default=True),
        isolated=_flag(said.get("ISOLATED"), default=True) and sys.platform == "linux",
        svg=_flag(said.get("SVG"), default=False),
        health_port=_count(said.get("HEALTH_PORT")),
    )


def default_concurrency() -> int:
    """Return how many jobs are taken at once.

    RunPod's SDK takes about this many jobs a second, however short they are.
    """
    return max(_LEAST_JOBS, _JOBS_A_PROCESSOR * processors())


def on_platform(variables: Mapping[str, str] = os.environ) -> bool:
    """Tell whether RunPod hands out the jobs, rather than a file or a command line."""
    return "RUNPOD_WEBHOOK_GET_JOB" in variables


def set_defaults(defaults: Mapping[str, str]) -> None:
    """Set variables that are not set, for the SDK, which reads them when it is imported."""
    for name, value in defaults.items():
        os.environ.setdefault(name, value)


def configure_fonts() -> None:
    """Give fontconfig a configuration where the machine has none, so that it does not complain."""
    said = {"FONTCONFIG_FILE", "FONTCONFIG_PATH"} & os.environ.keys()
    if sys.platform == "linux" and not said and not Path("/etc/fonts/fonts.conf").exists():
        os.environ["FONTCONFIG_FILE"] = str(fonts.CONFIGURATION)


def _count(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and int(text) else None


def _flag(text: str | None, *, default: bool) -> bool:
    known = {**dict.fromkeys(_YES, True), **dict.fromkeys(_NO, False)}
    return known.get((text or "").lower(), default)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a platform says of the place where a server runs; the names are RunPod's."""

    port: int | None = None
    health_port: int | None = None
    """Port of the probes, where it is another one."""
    health_path: str = "/ping"
    container: bool = False


def surroundings(variables: Mapping[str, str] = os.environ) -> Surroundings:
    """Look around."""
    path = variables.get("HEALTH_CHECK_PATH", "")
    marks = ("KUBERNETES_SERVICE_HOST", "RUNPOD_POD_ID", "container")
    return Surroundings(
        port=_count(variables.get("PORT")),
        health_port=_count(variables.get("PORT_HEALTH")),
        health_path=path if path.startswith("/") else "/ping",
        container=any(mark in variables for mark in marks) or Path("/.dockerenv").exists(),
    )


REMOTE_URL, REMOTE_KEY = "IMAGE_WORKER_URL", "IMAGE_WORKER_KEY"
"""Where clients find a server of ours, and the key to it; no settings of a worker."""


@dataclass(frozen=True, slots=True)
class Remote:
    """What is said of endpoints to which clients send jobs."""

    url: str | None = None
    key: str | None = field(default=None, repr=False)
    runpod_url: str | None = None
    runpod_endpoint: str | None = None
    runpod_key: str | None = field(default=None, repr=False)


def remote(variables: Mapping[str, str] = os.environ) -> Remote:
    """Look them up; the names with `RUNPOD` are those of its SDK."""
    return Remote(
        url=variables.get(REMOTE_URL) or None,
        key=variables.get(REMOTE_KEY) or None,
        runpod_url=variables.get("RUNPOD_ENDPOINT_BASE_URL") or None,
        runpod_endpoint=variables.get("RUNPOD_ENDPOINT_ID") or None,
        runpod_key=variables.get("RUNPOD_API_KEY") or None,
    )
