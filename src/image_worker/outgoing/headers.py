"""Which headers a caller may send along."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from image_worker.errors import InvalidParameterError

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_HEADERS = 32
"""How many headers a caller may send with one fetch."""

MAX_HEADER_CHARACTERS = 4_096
"""The longest value of a header, in characters."""

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}")
_VALUE = re.compile(r"[\t\x20-\x7e]*")
# They belong to the connection, frame the message or say what the answer may be encoded in.
_RESERVED = frozenset(
    {
        "accept-encoding",
        "connection",
        "content-encoding",
        "content-length",
        "expect",
        "host",
        "http2-settings",
        "keep-alive",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "via",
    }
)


def check_headers(headers: Mapping[str, str] | None) -> dict[str, str]:
    """Return a copy of `headers`, with names in lower case.

    Raises:
        InvalidParameterError: There are more than `MAX_HEADERS`, one is longer than
            `MAX_HEADER_CHARACTERS`, one is given twice, belongs to the connection (`Host`,
            `Connection`, `Content-Length`, `Proxy-*`, ...) or has line ends or other characters
            that headers cannot carry.
    """
    given = list((headers or {}).items())
    if len(given) > MAX_HEADERS:
        raise InvalidParameterError(f"At most {MAX_HEADERS} headers can be sent.")
    checked: dict[str, str] = {}
    for name, value in given:
        _check_header(name, value)
        if name.lower() in checked:
            raise InvalidParameterError(f"The header {name.lower()} is given twice.")
        checked[name.lower()] = value
    return checked


def _check_header(name: str, value: str) -> None:
    """Refuse a header that cannot be sent."""
    if _NAME.fullmatch(name) is None:
        raise InvalidParameterError("A header's name has characters that names cannot have.")
    if name.lower() in _RESERVED or name.lower().startswith(("proxy-", "sec-")):
        raise InvalidParameterError(f"The header {name.lower()} cannot be set.")
    if len(value) > MAX_HEADER_CHARACTERS or _VALUE.fullmatch(value) is None:
        raise InvalidParameterError(
            f"The value of the header {name.lower()} is too long or not plain text."
        )
