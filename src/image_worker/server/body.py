"""Reading what callers send, no further than allowed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from image_worker import strict_json
from image_worker.component.explain import shown
from image_worker.errors import BodyTimeoutError, BodyTooLargeError, InvalidJsonError

if TYPE_CHECKING:
    from starlette.requests import Request


async def read_body(request: Request, max_bytes: int, seconds: float) -> bytes:
    """Return the body.

    Raises:
        BodyTooLargeError: It has, or says that it has, more than `max_bytes` bytes.
        BodyTimeoutError: It took longer than `seconds`.
    """
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > max_bytes:
        raise _too_large(max_bytes, int(announced))
    chunks, received = [], 0
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.stream():
                chunks.append(chunk)
                received += len(chunk)
                if received > max_bytes:
                    raise _too_large(max_bytes, received)
    except TimeoutError:
        raise BodyTimeoutError(
            f"expected the whole body within {seconds:g} seconds, got {received:,} bytes"
        ) from None
    return b"".join(chunks)


async def read_json(request: Request, max_bytes: int, seconds: float) -> Any:
    """Return the body as JSON; raises an `InvalidJsonError` too."""
    return parse_json(await read_body(request, max_bytes, seconds))


def parse_json(text: bytes | str) -> Any:
    """Return JSON; raises an `InvalidJsonError`."""
    try:
        return strict_json.loads(text)
    except ValueError:
        got = text if isinstance(text, str) else text[:200].decode(errors="replace")
        raise InvalidJsonError(f"expected JSON, got {shown(got)}") from None


def job_in(payload: Any) -> Any:
    """Return the job itself, where it stands in the key `input` as RunPod has it."""
    inner = payload.get("input") if isinstance(payload, dict) else None
    return inner if isinstance(inner, dict) else payload


def _too_large(max_bytes: int, got: int) -> BodyTooLargeError:
    return BodyTooLargeError(
        f"expected a body of at most {max_bytes:,} bytes, got {got:,}; send a URL instead, or "
        "the bytes of the picture without base64"
    )
