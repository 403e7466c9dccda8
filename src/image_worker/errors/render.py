"""The work itself failed."""

from __future__ import annotations

from image_worker.errors.base import ImageWorkerError


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
