"""The HTTP client's failures, told as this package's errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aiohttp
from aiohttp.http_exceptions import (
    ContentLengthError,
    HttpProcessingError,
    TransferEncodingError,
)

from image_worker.errors import (
    DeliveryBlockedError,
    DeliveryError,
    DeliveryTimeoutError,
    SourceBlockedError,
    SourceIncompleteError,
    SourceProtocolError,
    SourceTimeoutError,
    SourceUnreachableError,
)

if TYPE_CHECKING:
    from image_worker.errors import SourceError
    from image_worker.outgoing.guard import Attempt

# The first class that fits wins. Texts of the libraries are never passed on: they hold addresses.
_ERRORS: tuple[tuple[tuple[type[Exception], ...], type[SourceError], str], ...] = (
    ((TimeoutError,), SourceTimeoutError, "did not answer in time"),
    ((aiohttp.ClientConnectorDNSError,), SourceUnreachableError, "could not be found by name"),
    ((aiohttp.ClientSSLError,), SourceProtocolError, "has no valid certificate or no proper TLS"),
    ((aiohttp.ClientConnectorError,), SourceUnreachableError, "could not be connected to"),
    ((HttpProcessingError, aiohttp.ClientResponseError), SourceProtocolError, "broke HTTP's rules"),
    (
        (aiohttp.ClientPayloadError, aiohttp.ClientConnectionError, ConnectionError, EOFError),
        SourceIncompleteError,
        "closed the connection before the end",
    ),
    ((OSError,), SourceUnreachableError, "could not be reached"),
)


def blocked(host: str) -> SourceBlockedError:
    """Return the error for a host that may not be fetched from; it tells no more than that."""
    return SourceBlockedError(f"{host} may not be fetched from.")


def translate(error: Exception, host: str, attempt: Attempt) -> SourceError:
    """Return the error to raise for `error`, which came up while talking to `host`."""
    if attempt.blocked:
        return blocked(host)
    if isinstance(error, aiohttp.ClientPayloadError) and _is_malformed(error):
        return SourceProtocolError(f"{host} broke HTTP's rules.")
    for classes, kind, text in _ERRORS:
        if isinstance(error, classes):
            return kind(f"{host} {text}.")
    return SourceProtocolError(f"{host} gave an answer that cannot be read.")


def as_delivery(error: SourceError, host: str) -> DeliveryError:
    """Return the error to raise where something was sent to `host`, not fetched."""
    if isinstance(error, SourceBlockedError):
        return DeliveryBlockedError(f"{host} may not be sent to.")
    kind = DeliveryTimeoutError if isinstance(error, SourceTimeoutError) else DeliveryError
    return kind(error.message)


def _is_malformed(error: aiohttp.ClientPayloadError) -> bool:
    """Tell a body that breaks the rules from one that just ends early."""
    cause = error.__cause__
    early = isinstance(cause, (ContentLengthError, TransferEncodingError))
    return isinstance(cause, HttpProcessingError) and not early
