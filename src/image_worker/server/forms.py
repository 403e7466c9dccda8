"""Forms with files: the job in one part, its pictures in others."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from image_worker.errors import BodyTimeoutError, BodyTooLargeError, InvalidJsonError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from starlette.requests import Request

_JOB = "job"
_MOST_FILES = 100
_MOST_FIELDS = 10


async def read_form(
    request: Request, max_bytes: int, seconds: float
) -> tuple[bytes, dict[str, bytes]]:
    """Return the part `job` and the files by their names.

    Raises:
        BodyTooLargeError: The form has more than `max_bytes` bytes.
        BodyTimeoutError: It took longer than `seconds`.
        InvalidJsonError: It is not a form.
    """
    parser = MultiPartParser(
        request.headers,
        _capped(request, max_bytes),
        max_files=_MOST_FILES,
        max_fields=_MOST_FIELDS,
        max_part_size=max_bytes,
    )
    parser.spool_max_size = max_bytes  # nothing is written to disk
    try:
        async with asyncio.timeout(seconds):
            form = await parser.parse()
    except TimeoutError:
        raise BodyTimeoutError(f"expected the whole form within {seconds:g} seconds") from None
    except (MultiPartException, KeyError, ValueError):
        raise InvalidJsonError(
            "expected a form with the part job and a part with its own name for each file"
        ) from None
    parts = {
        name: await part.read() if isinstance(part, UploadFile) else part.encode()
        for name, part in form.multi_items()
    }
    await form.close()
    return parts.pop(_JOB, b""), parts


async def _capped(request: Request, max_bytes: int) -> AsyncGenerator[bytes, None]:
    received = 0
    async for chunk in request.stream():
        received += len(chunk)
        if received > max_bytes:
            raise BodyTooLargeError(f"expected a form of at most {max_bytes:,} bytes, got more")
        yield chunk
