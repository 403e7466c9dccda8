"""Errors as answers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from fastapi.responses import JSONResponse

from image_worker.job import failure
from image_worker.server.request_id import REQUEST_ID

if TYPE_CHECKING:
    from image_worker.errors import ImageWorkerError


def refusal(error: ImageWorkerError) -> JSONResponse:
    """Return the answer that tells of an error, with the status that fits it."""
    told = {**failure(error), "request_id": REQUEST_ID.get()}
    return JSONResponse(told, status_code=error.status, headers=_headers(error))


def _headers(error: ImageWorkerError) -> dict[str, str]:
    wait = getattr(error, "retry_after", None)
    again = {"Retry-After": str(max(1, math.ceil(wait)))} if wait is not None else {}
    key = {"WWW-Authenticate": "Bearer"} if error.status == 401 else {}  # noqa: PLR2004 - HTTP's own
    return {**again, **key}
