"""The result could not be handed over."""

from __future__ import annotations

from image_worker.errors.base import ImageWorkerError


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
