"""The job says something that cannot be done."""

from __future__ import annotations

from image_worker.errors.base import ImageWorkerError


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
