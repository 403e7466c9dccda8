"""Everything that can go wrong, as one tree.

    ImageWorkerError
    ├── JobError                    the job says something that cannot be done
    │   ├── InvalidJsonError        not JSON, or not an object
    │   ├── InvalidParameterError   a key, name or value is not allowed
    │   └── NeedsExtraError         needs an optional part that is not installed
    ├── SourceError                 a source could not be read
    │   ├── InvalidBase64Error
    │   ├── InvalidUrlError
    │   ├── SourceBlockedError      the address is not allowed
    │   ├── SourceNotFoundError     there is no such file
    │   ├── SourceStatusError       the origin answered with an error
    │   ├── SourceProtocolError     the origin broke the rules of HTTP
    │   ├── SourceIncompleteError   the origin stopped early
    │   ├── SourceUnreachableError  no connection
    │   ├── SourceTimeoutError
    │   ├── SourceTooLargeError
    │   └── TooManyRedirectsError
    ├── PictureError                the bytes are not a picture that may be opened
    │   ├── EmptyImageError
    │   ├── UnsupportedFormatError
    │   ├── CorruptImageError
    │   ├── ImageTooLargeError
    │   └── TooManyFramesError
    ├── RequestError                the request is refused, whatever its job says
    │   ├── UnauthorizedError
    │   ├── ForbiddenOriginError
    │   ├── LinkError
    │   ├── BodyTooLargeError
    │   ├── BodyTimeoutError
    │   ├── UnknownJobError
    │   └── OverloadedError         too many jobs wait already
    │       └── QueueFullError      the queue takes no more jobs now
    ├── QueueUnavailableError       the queue of jobs cannot be reached, or not be started
    ├── DeliveryError               the result could not be handed over
    │   ├── DeliveryBlockedError    the address is not allowed
    │   ├── DeliveryRefusedError    the other side says no
    │   ├── DeliveryTimeoutError
    │   └── ResultTooLargeError     the answer cannot hold it
    └── RenderError                 the work itself failed
        ├── OutputTooLargeError
        ├── TooCostlyError          it would take more CPU seconds than allowed
        ├── ContractError           the result cannot be what the output asks for
        ├── DecoderCrashedError
        ├── OutOfMemoryError
        ├── JobTimeoutError
        ├── JobCancelledError
        └── EngineUnavailableError  no process could be started

`code` is stable and meant for programs, `status` is the HTTP status that fits, `retryable` says
whether the same job may succeed later, and the message is one sentence for a person.
"""

from __future__ import annotations

from typing import ClassVar


class ImageWorkerError(Exception):
    """Base of all errors that are meant for the caller.

    `path` is the place in the job, such as `operations[1].params.width`; empty where no single
    place is to blame.
    """

    code: ClassVar[str] = "internal_error"
    status: ClassVar[int] = 500
    retryable: ClassVar[bool] = False

    def __init__(self, message: str, *, path: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.path = path

    def at(self, path: str) -> ImageWorkerError:
        """Return the same error, placed at `path` unless it already names a place."""
        return self if self.path else type(self)(self.message, path=path)


class JobError(ImageWorkerError):
    """The job says something that cannot be done."""

    code = "invalid_job"
    status = 400


class InvalidJsonError(JobError):
    """The job is not JSON, or not a JSON object."""

    code = "invalid_json"


class InvalidParameterError(JobError):
    """A key, a name or a value in the job is not allowed."""

    code = "invalid_parameter"


class NeedsExtraError(JobError):
    """The job needs an optional part that is not installed here."""

    code = "needs_extra"
    status = 501


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


class PictureError(ImageWorkerError):
    """The bytes are not a picture that may be opened."""

    code = "invalid_image"
    status = 422


class EmptyImageError(PictureError):
    """The source has no bytes at all."""

    code = "empty_image"


class UnsupportedFormatError(PictureError):
    """The bytes are not one of the formats that are read here."""

    code = "unsupported_format"
    status = 415


class CorruptImageError(PictureError):
    """The picture is truncated or damaged."""

    code = "image_corrupt"


class ImageTooLargeError(PictureError):
    """The picture has more pixels, or a longer side, than allowed."""

    code = "image_too_large"
    status = 413


class TooManyFramesError(PictureError):
    """The picture has more frames or pages than allowed."""

    code = "too_many_frames"
    status = 413


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


class UnknownRouteError(RequestError):
    """The server has nothing at this path."""

    code = "unknown_route"
    status = 404


class WrongMethodError(RequestError):
    """The path is right, but not for this method."""

    code = "wrong_method"
    status = 405


class DeliveryError(ImageWorkerError):
    """The result could not be handed over where the job wants it."""

    code = "delivery_failed"
    status = 502
    retryable = True


class DeliveryBlockedError(DeliveryError):
    """The result may not be handed over to that place."""

    code = "delivery_blocked"
    status = 403
    retryable = False


class DeliveryRefusedError(DeliveryError):
    """The other side refused the result, such as a bucket whose key is wrong."""

    code = "delivery_refused"
    status = 424
    retryable = False


class DeliveryTimeoutError(DeliveryError):
    """The result was not taken in time."""

    code = "delivery_timeout"
    status = 504


class ResultTooLargeError(DeliveryError):
    """The answer would be larger than it may be, and no bucket is set up for the result."""

    code = "result_too_large"
    status = 413
    retryable = False


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


class RenderError(ImageWorkerError):
    """The work itself failed."""

    code = "render_failed"
    status = 422


class OutputTooLargeError(RenderError):
    """An operation would make a picture larger than allowed."""

    code = "output_too_large"
    status = 413


class TooCostlyError(RenderError):
    """The job would take more CPU seconds than allowed, by estimate; nothing was begun."""

    code = "too_costly"
    status = 413


class ContractError(RenderError):
    """The result cannot be all that the output asks for."""

    code = "contract_unmet"


class JobTimeoutError(RenderError):
    """The job took longer than it may."""

    code = "job_timeout"
    status = 504
    retryable = True


class JobCancelledError(RenderError):
    """The job was called off before its end."""

    code = "job_cancelled"
    status = 499
    retryable = True


class DecoderCrashedError(RenderError):
    """The picture made the process that worked it end."""

    code = "decoder_crashed"
    status = 500


class OutOfMemoryError(RenderError):
    """The picture needs more memory than a job may use."""

    code = "out_of_memory"
    status = 413


class EngineUnavailableError(RenderError):
    """No process could be started for the job, or the worker is ending."""

    code = "engine_unavailable"
    status = 503
    retryable = True


def error_of(code: str) -> type[ImageWorkerError]:
    """Return the class of errors with that code."""
    return _by_code(ImageWorkerError).get(code, ImageWorkerError)


def _by_code(kind: type[ImageWorkerError]) -> dict[str, type[ImageWorkerError]]:
    found = {kind.code: kind}
    for child in kind.__subclasses__():
        found |= _by_code(child)
    return found
