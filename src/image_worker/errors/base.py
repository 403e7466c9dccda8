"""What all errors have."""

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


def error_of(code: str) -> type[ImageWorkerError]:
    """Return the class of errors with that code."""
    return _by_code(ImageWorkerError).get(code, ImageWorkerError)


def _by_code(kind: type[ImageWorkerError]) -> dict[str, type[ImageWorkerError]]:
    found = {kind.code: kind}
    for child in kind.__subclasses__():
        found |= _by_code(child)
    return found
