"""A source could not be read."""

from __future__ import annotations

from image_worker.errors.base import ImageWorkerError


class SourceError(ImageWorkerError):
    """A source could not be read."""

    code = "source_failed"
    status = 502


class InvalidBase64Error(SourceError):
    """The text is not base64."""

    code = "invalid_base64"
    status = 400


class InvalidUrlError(SourceError):
    """The text is not a URL that may be fetched."""

    code = "invalid_url"
    status = 400


class SourceBlockedError(SourceError):
    """The address is not one that this worker may talk to."""

    code = "source_blocked"
    status = 403


class SourceNotFoundError(SourceError):
    """There is no such file on the worker's volume."""

    code = "source_not_found"
    status = 424


class SourceStatusError(SourceError):
    """The origin answered with an error status."""

    code = "source_status"
    status = 424


class SourceProtocolError(SourceError):
    """The origin's answer breaks the rules of HTTP, or is encoded in a way that is refused."""

    code = "source_protocol"


class SourceIncompleteError(SourceError):
    """The origin stopped before the end."""

    code = "source_incomplete"
    retryable = True


class SourceUnreachableError(SourceError):
    """No connection could be made to the origin."""

    code = "source_unreachable"
    retryable = True


class SourceTimeoutError(SourceError):
    """The source did not arrive in time."""

    code = "source_timeout"
    status = 504
    retryable = True


class SourceTooLargeError(SourceError):
    """The source has more bytes than allowed."""

    code = "source_too_large"
    status = 413


class TooManyRedirectsError(SourceError):
    """The origin redirected more often than allowed."""

    code = "too_many_redirects"
