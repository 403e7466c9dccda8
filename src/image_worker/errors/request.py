"""The request is refused, whatever its job says."""

from __future__ import annotations

from image_worker.errors.base import ImageWorkerError


class RequestError(ImageWorkerError):
    """The request is refused, whatever its job says."""

    code = "invalid_request"
    status = 400


class UnauthorizedError(RequestError):
    """The request brings no key of this server."""

    code = "unauthorized"
    status = 401


class ForbiddenOriginError(RequestError):
    """The request comes from a page, or was sent to a name, that is not this server's."""

    code = "forbidden_origin"
    status = 403


class LinkError(RequestError):
    """The link is not signed, is signed wrongly, or has expired."""

    code = "invalid_link"
    status = 403


class BodyTooLargeError(RequestError):
    """The body has more bytes than allowed."""

    code = "body_too_large"
    status = 413


class BodyTimeoutError(RequestError):
    """The body did not arrive in time."""

    code = "body_timeout"
    status = 408
    retryable = True


class UnknownJobError(RequestError):
    """There is no such job, or its result is no longer kept."""

    code = "unknown_job"
    status = 404


class UnknownBatchError(RequestError):
    """There is no such batch, or no such request in it."""

    code = "unknown_batch"
    status = 404


class BatchClosedError(RequestError):
    """The batch is no draft any more, so its requests stay as they are."""

    code = "batch_closed"
    status = 409


class UnknownRouteError(RequestError):
    """The server has nothing at this path."""

    code = "unknown_route"
    status = 404


class WrongMethodError(RequestError):
    """The path is right, but not for this method."""

    code = "wrong_method"
    status = 405


class OverloadedError(RequestError):
    """So many jobs wait that this one would not be done soon."""

    code = "overloaded"
    status = 503
    retryable = True

    def __init__(self, message: str, *, path: str = "", retry_after: int = 1) -> None:
        super().__init__(message, path=path)
        self.retry_after = retry_after
        """Seconds after which it is worth another try."""

    def at(self, path: str) -> ImageWorkerError:
        """Return it as it is: no place in the job is to blame."""
        del path
        return self


class QueueFullError(OverloadedError):
    """As many jobs wait in the queue as may."""

    code = "queue_full"
    status = 429


class QueueUnavailableError(ImageWorkerError):
    """The queue of jobs does not answer, or its server cannot be started."""

    code = "queue_unavailable"
    status = 503
    retryable = True
