"""What an endpoint answers, read: JSON, or the error that its status means."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from image_worker.endpoint.errors import (
    EndpointBusyError,
    EndpointError,
    EndpointFaultError,
    EndpointKeyError,
    EndpointRefusedError,
    EndpointUnknownError,
)
from image_worker.endpoint.pictures import sentence
from image_worker.endpoint.state import FINAL, reason_of

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONGEST = 500
_UNREADABLE = object()

_KINDS: dict[int, type[EndpointError]] = {
    HTTPStatus.UNAUTHORIZED: EndpointKeyError,
    HTTPStatus.FORBIDDEN: EndpointKeyError,
    HTTPStatus.NOT_FOUND: EndpointUnknownError,
    HTTPStatus.REQUEST_TIMEOUT: EndpointBusyError,
    HTTPStatus.TOO_MANY_REQUESTS: EndpointBusyError,
    HTTPStatus.SERVICE_UNAVAILABLE: EndpointBusyError,
}
"""Statuses that mean something of their own; none of them was carried out."""


def read_json(body: bytes) -> Any:
    """Return the JSON in a body, or something that is none."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return _UNREADABLE


def checked(status: int, headers: Mapping[str, str], told: Any, host: str) -> Any:
    """Return what was told; raises the `EndpointError` that the status means."""
    if status == HTTPStatus.OK or _is_state(told):
        if told is _UNREADABLE:
            raise EndpointFaultError(f"{host} answered something that is not JSON", taken=True)
        return told
    kind = _KINDS.get(status, _general(status))
    why = sentence(told["error"]) if isinstance(told, dict) and told.get("error") else ""
    raise kind(
        f"{host} answered {status}{f': {why[:_LONGEST]}' if why else ''}",
        reason=reason_of(told) if isinstance(told, dict) else None,
        retry_after=_seconds(headers.get("Retry-After")),
        taken=kind is EndpointFaultError,
    )


def _is_state(told: Any) -> bool:
    """Tell whether it is a job that has ended: some endpoints answer 400 for one that failed."""
    return isinstance(told, dict) and "id" in told and told.get("status") in FINAL


def _general(status: int) -> type[EndpointError]:
    refused = HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
    return EndpointRefusedError if refused else EndpointFaultError


def _seconds(header: str | None) -> float | None:
    """Read `Retry-After`: seconds, or a date."""
    if not header:
        return None
    if header.strip().isdecimal():
        return float(header)
    try:
        until = parsedate_to_datetime(header)
    except ValueError:
        return None
    if until.tzinfo is None:
        return None
    return max(0.0, (until - datetime.now(UTC)).total_seconds())
