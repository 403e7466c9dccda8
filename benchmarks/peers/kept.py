"""This worker as a whole, with its cache of results in memory."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from image_worker.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable


def make(job: dict[str, Any]) -> Callable[[bytes], Any]:
    """Return the worker, from base64 to base64."""
    return by({}, job)


def by(settings: dict[str, Any], job: dict[str, Any]) -> Callable[[bytes], Any]:
    """Return a worker with these settings."""
    worker = Settings(**settings).worker()

    def run(data: bytes) -> bytes:
        told = worker.answer({"image": {"base64": base64.b64encode(data).decode()}, **job})
        return base64.b64decode(told["processed_image"].split(",", 1)[1])

    return run
