"""This worker as a whole, with its cache of results in a folder alone."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.peers.kept import by

if TYPE_CHECKING:
    from collections.abc import Callable

_FOLDER = tempfile.TemporaryDirectory()


def make(job: dict[str, Any]) -> Callable[[bytes], Any]:
    """Return the worker, from base64 to base64."""
    return by({"cache_bytes": 0, "cache_folder": Path(_FOLDER.name)}, job)


def close() -> None:
    """Remove the folder."""
    _FOLDER.cleanup()
