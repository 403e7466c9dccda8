"""Errors as answers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from fastapi.responses import JSONResponse

from image_worker.job import failure

if TYPE_CHECKING:
    from image_worker.errors import ImageWorkerError


def refusal(error: ImageWorkerError) -> JSONResponse:
    """Return the answer that tells of an error, with the status that fits it."""
    return JSONResponse(failure(error), status_code=error.status, headers=_headers(error))


def refused(answer: dict[str, Any], status: int) -> JSONResponse:
    """Return an answer that already tells of an error."""
    return JSONResponse(answer, status_code=status)


def _headers(error: ImageWorkerError) -> dict[str, str]:
    wait = getattr(error, "retry_after", None)
    again = {"Retry-After": str(max(1, math.ceil(wait)))} if wait is not None else {}
    key = {"WWW-Authenticate": "Bearer"} if error.status == 401 else {}  # noqa: PLR2004 - HTTP's own
    return {**again, **key}
