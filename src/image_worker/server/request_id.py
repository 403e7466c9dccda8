"""The name of a request, by which its answer, its log line and its errors are found again."""

from __future__ import annotations

import re
import uuid
from contextvars import ContextVar

REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request that is being answered."""

_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")


def name_request(asked: str) -> str:
    """Name the request that is being answered: as it asks to be, or anew where that is no name."""
    name = asked if _ID.fullmatch(asked) else uuid.uuid4().hex
    REQUEST_ID.set(name)
    return name
