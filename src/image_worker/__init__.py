"""Image processing by JSON jobs: on RunPod, over HTTP, on the command line, in Python.

>>> from image_worker import process
>>> process("photo.jpg", [{"resize": {"width": 800}}], {"format": "WEBP"}).save("small.webp")
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from image_worker.version import __version__

if TYPE_CHECKING:
    from image_worker.endpoint import (
        AsyncEndpoint,
        Endpoint,
        EndpointError,
        JobState,
        Picture,
        RemoteJobError,
    )
    from image_worker.errors import ImageWorkerError
    from image_worker.job import Job
    from image_worker.library import Result, process

__all__ = [
    "AsyncEndpoint",
    "Endpoint",
    "EndpointError",
    "ImageWorkerError",
    "Job",
    "JobState",
    "Picture",
    "RemoteJobError",
    "Result",
    "__version__",
    "process",
]

_ENDPOINT = "image_worker.endpoint"
_HOMES = {
    "AsyncEndpoint": _ENDPOINT,
    "Endpoint": _ENDPOINT,
    "EndpointError": _ENDPOINT,
    "ImageWorkerError": "image_worker.errors",
    "Job": "image_worker.job",
    "JobState": _ENDPOINT,
    "Picture": _ENDPOINT,
    "RemoteJobError": _ENDPOINT,
    "Result": "image_worker.library",
    "process": "image_worker.library",
}
"""Where each name is defined; loaded when first used, as the command's help needs none of it."""


def __getattr__(name: str) -> Any:
    """Load a public name."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """List the public names."""
    return sorted(__all__)
