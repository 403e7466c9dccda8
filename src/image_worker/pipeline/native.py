"""Turns what goes wrong inside libvips into errors of ours."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from image_worker.errors import (
    CorruptImageError,
    ImageWorkerError,
    OutOfMemoryError,
    RenderError,
)
from image_worker.picture import FAILURES, forget_failure
from image_worker.pixels.streaming import telling

if TYPE_CHECKING:
    from collections.abc import Iterator

    from image_worker.formats.reading import Reader


_NO_MEMORY = "out of memory"
"""What libvips says where it gets no memory, whatever the language."""


@contextlib.contextmanager
def reading(data: bytes, reader: Reader) -> Iterator[None]:
    """Blame the picture where it cannot be decoded, and the work where it can.

    libvips keeps one error text for the whole process, so the text may belong to another job: it
    is never passed on. Decoding again, which only happens after a failure, tells the two apart.
    """
    try:
        with telling():
            yield
    except ImageWorkerError:
        raise
    except MemoryError:
        raise OutOfMemoryError("the picture needs more memory than a job may use") from None
    except (*FAILURES, OverflowError) as error:
        forget_failure()
        if _NO_MEMORY in getattr(error, "detail", ""):
            raise OutOfMemoryError("the picture needs more memory than a job may use") from None
        if _decodes(data, reader):
            raise RenderError("the operations could not be carried out on this picture") from None
        raise CorruptImageError(
            f"the {reader.name} file is truncated or damaged and cannot be decoded"
        ) from None


def _decodes(data: bytes, reader: Reader) -> bool:
    try:
        reader.open(data, access="sequential").avg()
    except FAILURES:
        forget_failure()
        return False
    return True
