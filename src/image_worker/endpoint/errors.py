"""What can go wrong with a job that is done elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from image_worker.errors import ImageWorkerError

if TYPE_CHECKING:
    from image_worker.endpoint.state import JobState


class EndpointError(ImageWorkerError):
    """An endpoint did not do what it was asked to.

    `reason` is the worker's own error where it told one, with its `code` and `path`; `job` is the
    job as it was last seen; `retry_after` is how many seconds the endpoint asks to wait; `taken`
    says whether the request may have been carried out all the same.
    """

    code = "endpoint_failed"
    status = 502

    def __init__(
        self,
        message: str,
        *,
        path: str = "",
        reason: ImageWorkerError | None = None,
        job: JobState | None = None,
        retry_after: float | None = None,
        taken: bool = False,
    ) -> None:
        super().__init__(message, path=path)
        self.reason = reason
        self.job = job
        self.retry_after = retry_after
        self.taken = taken


class EndpointSettingsError(EndpointError):
    """No endpoint was named, or its address or key cannot be one."""

    code = "endpoint_settings"
    status = 400


class EndpointKeyError(EndpointError):
    """The endpoint does not accept the key."""

    code = "endpoint_key"
    status = 401


class EndpointUnknownError(EndpointError):
    """There is no such endpoint or job, or the result of the job is no longer kept."""

    code = "endpoint_unknown"
    status = 404


class EndpointRefusedError(EndpointError):
    """The endpoint refuses the request, such as one that is too large."""

    code = "endpoint_refused"
    status = 400


class EndpointBusyError(EndpointError):
    """The endpoint takes no more requests now, and did not after some tries either."""

    code = "endpoint_busy"
    status = 429
    retryable = True


class EndpointFaultError(EndpointError):
    """The endpoint failed by itself, or gave an answer that cannot be understood."""

    code = "endpoint_fault"
    retryable = True


class EndpointUnreachableError(EndpointError):
    """No connection to the endpoint, or one that ended before the answer."""

    code = "endpoint_unreachable"
    retryable = True


class EndpointTimeoutError(EndpointError):
    """No answer in time; `job` may still go on, and can be waited for again."""

    code = "endpoint_timeout"
    status = 504
    retryable = True


class RemoteJobError(EndpointError):
    """The job failed; `reason` and `job` tell why."""

    code = "remote_job_failed"


class RemoteJobCancelledError(RemoteJobError):
    """Somebody called the job off."""

    code = "remote_job_cancelled"


class RemoteJobTimedOutError(RemoteJobError):
    """The job waited or ran longer than its policy allows."""

    code = "remote_job_timed_out"
    status = 504
