"""A picture that the program already holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from image_worker.errors import SourceTooLargeError
from image_worker.sources.base import Source

if TYPE_CHECKING:
    from image_worker.sources.base import Access


class BytesSource(Source):
    """A picture as bytes; for programs, as JSON has no way to say it."""

    data: bytes = Field(repr=False)
    """The bytes of the file."""

    def load(self, access: Access) -> bytes:
        """Return the bytes."""
        if len(self.data) > access.max_bytes:
            raise SourceTooLargeError(
                f"expected at most {access.max_bytes} bytes, got {len(self.data)}"
            )
        return self.data
