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
    │   ├── UnknownBatchError
    │   ├── BatchClosedError
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
        ├── EngineUnavailableError  no process could be started
        ├── ModelError              what looks into pictures cannot be used
        │   └── ModelMissingError   its file is not on this machine
        ├── TooLittleFoundError     what a step needs is not in the picture
        └── StillSeenError          what was to be hidden is found in the result

`code` is stable and meant for programs, `status` is the HTTP status that fits, `retryable` says
whether the same job may succeed later, and the message is one sentence for a person.
"""

from image_worker.errors.base import ImageWorkerError, error_of
from image_worker.errors.delivery import (
    DeliveryBlockedError,
    DeliveryError,
    DeliveryRefusedError,
    DeliveryTimeoutError,
    ResultTooLargeError,
)
from image_worker.errors.job import (
    InvalidJsonError,
    InvalidParameterError,
    JobError,
    NeedsExtraError,
)
from image_worker.errors.picture import (
    CorruptImageError,
    EmptyImageError,
    ImageTooLargeError,
    PictureError,
    TooManyFramesError,
    UnsupportedFormatError,
)
from image_worker.errors.render import (
    ContractError,
    DecoderCrashedError,
    EngineUnavailableError,
    JobCancelledError,
    JobTimeoutError,
    OutOfMemoryError,
    OutputTooLargeError,
    RenderError,
    TooCostlyError,
)
from image_worker.errors.request import (
    BatchClosedError,
    BodyTimeoutError,
    BodyTooLargeError,
    ForbiddenOriginError,
    LinkError,
    OverloadedError,
    QueueFullError,
    QueueUnavailableError,
    RequestError,
    UnauthorizedError,
    UnknownBatchError,
    UnknownJobError,
    UnknownRouteError,
    WrongMethodError,
)
from image_worker.errors.source import (
    InvalidBase64Error,
    InvalidUrlError,
    SourceBlockedError,
    SourceError,
    SourceIncompleteError,
    SourceNotFoundError,
    SourceProtocolError,
    SourceStatusError,
    SourceTimeoutError,
    SourceTooLargeError,
    SourceUnreachableError,
    TooManyRedirectsError,
)
from image_worker.errors.vision import (
    ModelError,
    ModelMissingError,
    StillSeenError,
    TooLittleFoundError,
)

__all__ = [
    "BatchClosedError",
    "BodyTimeoutError",
    "BodyTooLargeError",
    "ContractError",
    "CorruptImageError",
    "DecoderCrashedError",
    "DeliveryBlockedError",
    "DeliveryError",
    "DeliveryRefusedError",
    "DeliveryTimeoutError",
    "EmptyImageError",
    "EngineUnavailableError",
    "ForbiddenOriginError",
    "ImageTooLargeError",
    "ImageWorkerError",
    "InvalidBase64Error",
    "InvalidJsonError",
    "InvalidParameterError",
    "InvalidUrlError",
    "JobCancelledError",
    "JobError",
    "JobTimeoutError",
    "LinkError",
    "ModelError",
    "ModelMissingError",
    "NeedsExtraError",
    "OutOfMemoryError",
    "OutputTooLargeError",
    "OverloadedError",
    "PictureError",
    "QueueFullError",
    "QueueUnavailableError",
    "RenderError",
    "RequestError",
    "ResultTooLargeError",
    "SourceBlockedError",
    "SourceError",
    "SourceIncompleteError",
    "SourceNotFoundError",
    "SourceProtocolError",
    "SourceStatusError",
    "SourceTimeoutError",
    "SourceTooLargeError",
    "SourceUnreachableError",
    "StillSeenError",
    "TooCostlyError",
    "TooLittleFoundError",
    "TooManyFramesError",
    "TooManyRedirectsError",
    "UnauthorizedError",
    "UnknownBatchError",
    "UnknownJobError",
    "UnknownRouteError",
    "UnsupportedFormatError",
    "WrongMethodError",
    "error_of",
]
