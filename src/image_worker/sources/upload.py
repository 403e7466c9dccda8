"""A picture that comes beside the job, in the same request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from image_worker.errors import InvalidParameterError, SourceTooLargeError
from image_worker.sources.base import Source

if TYPE_CHECKING:
    from image_worker.sources.base import Access


class UploadSource(Source):
    """A file of the request: over HTTP, a part of a form that carries the job."""

    name = "upload"

    upload: str
    """Name of the part."""

    def load(self, access: Access) -> bytes:
        """Return the bytes of the file."""
        data = access.uploads.get(self.upload)
        if data is None:
            known = ", ".join(sorted(access.uploads)) or "none came"
            raise InvalidParameterError(f"expected the name of a file of this request ({known})")
        if len(data) > access.max_bytes:
            raise SourceTooLargeError(f"expected at most {access.max_bytes} bytes, got {len(data)}")
        return data
