"""This worker with a batch of equal jobs, whose pictures are in the request as base64."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from image_worker.batch import answer
from image_worker.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

_JOB = {"operations": [{"resize": {"width": 100}}], "output": {"format": "JPEG"}}


def make(job: dict[str, Any]) -> Callable[[bytes], Any]:
    """Return the worker with `job["count"]` jobs."""
    worker = Settings(cache_bytes=0).worker()

    def run(data: bytes) -> bytes:
        image = {"base64": base64.b64encode(data).decode()}
        told = answer(worker, {"images": [image] * job["count"], **_JOB}, threads=1)
        if told["failed"]:
            raise RuntimeError(str(told)[:500])
        return b""

    return run
