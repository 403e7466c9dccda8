"""What is sent to an endpoint: a job, and what is said beside it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pybase64

from image_worker.endpoint.errors import EndpointRefusedError
from image_worker.errors import InvalidJsonError

if TYPE_CHECKING:
    from collections.abc import Mapping

RUN_BYTES: Final = 10_000_000
"""The largest body that RunPod takes for `/run`; from its documentation."""

RUNSYNC_BYTES: Final = 20_000_000
"""The same for `/runsync`."""


def body_of(job: object, most: int | None, **beside: Any) -> bytes:
    """Return the JSON that is sent; bytes and paths in the job become base64.

    Raises:
        InvalidJsonError: Something in the job cannot be written as JSON.
        EndpointRefusedError: It has more than `most` bytes.
        OSError: A file cannot be read.
    """
    sent = {"input": job, **{name: value for name, value in beside.items() if value is not None}}
    try:
        text = json.dumps(sent, default=_plain, allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidJsonError(f"the job cannot be written as JSON: {error}") from None
    if most is not None and len(text) > most:
        raise EndpointRefusedError(
            f"expected a job of at most {most:,} bytes, got {len(text):,}: RunPod takes no more; "
            "give the picture as a URL, or send it to a load-balancing endpoint"
        )
    return text


def _plain(value: object) -> Mapping[str, Any]:
    if isinstance(value, Path):
        value = value.read_bytes()
    if isinstance(value, bytes | bytearray | memoryview):
        return {"base64": pybase64.b64encode_as_string(value)}
    dump = getattr(value, "model_dump", None)
    if dump is None:
        raise TypeError(f"expected JSON, bytes, a Path or a Job, got {type(value).__name__}")
    plain: Mapping[str, Any] = dump(mode="json", exclude_defaults=True)
    return plain
