"""A picture on the worker's volume."""

from __future__ import annotations

from typing import TYPE_CHECKING

from image_worker.errors import (
    SourceBlockedError,
    SourceError,
    SourceNotFoundError,
    SourceTooLargeError,
)
from image_worker.sources.base import Source

if TYPE_CHECKING:
    from image_worker.sources.base import Access


class PathSource(Source):
    """A file on the worker's volume, such as a network volume."""

    name = "path"

    path: str
    """Path below the volume; only where the setting `volume` names one."""

    def load(self, access: Access) -> bytes:
        """Read the file."""
        if access.volume is None:
            raise SourceBlockedError("this worker reads no files; no volume is set up here")
        try:
            data = access.volume.read(self.path, access.max_bytes)
        except FileNotFoundError:
            raise SourceNotFoundError("there is no such file on the volume") from None
        except OSError as error:
            raise SourceError(f"the file could not be read: {error.strerror}") from error
        if len(data) > access.max_bytes:
            raise SourceTooLargeError(f"the file has more than {access.max_bytes} bytes")
        return data
