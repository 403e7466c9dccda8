"""A picture inside the job."""

from __future__ import annotations

import binascii
from typing import TYPE_CHECKING

import pybase64
from pydantic import Field

from image_worker.component.explain import shown
from image_worker.errors import InvalidBase64Error, SourceTooLargeError
from image_worker.sources.base import Source

if TYPE_CHECKING:
    from image_worker.sources.base import Access

_MARK = "base64,"
_LONGEST_PREFIX = 200


class Base64Source(Source):
    """A picture written as base64, with or without the prefix of a data URI."""

    name = "base64"

    base64: str = Field(repr=False)
    """The bytes of the file as base64; line breaks are allowed."""

    def load(self, access: Access) -> bytes:
        """Decode the text, strictly."""
        text = _bare(self.base64)
        size = len(text) * 3 // 4
        if size > access.max_bytes:  # unless that is for its line breaks
            text = "".join(text.split())
            size = len(text) * 3 // 4
        if size > access.max_bytes:
            raise SourceTooLargeError(
                f"expected at most {access.max_bytes} bytes, got about {size} as base64"
            )
        try:
            return _decoded(text)
        except (binascii.Error, ValueError):
            raise InvalidBase64Error(
                "expected base64: letters, digits, + and /, with = at the end where needed, "
                f"got {shown(self.base64)}"
            ) from None


def _decoded(text: str) -> bytes:
    """Return the bytes; only what cannot be read is looked through for line breaks."""
    try:
        return pybase64.b64decode(text, validate=True)
    except binascii.Error:
        return pybase64.b64decode("".join(text.split()), validate=True)


def _bare(text: str) -> str:
    """Return the text without prefix."""
    if text.startswith("data:"):
        mark = text.find(_MARK, 0, _LONGEST_PREFIX)
        if mark < 0:
            raise InvalidBase64Error(f'expected "base64," in the data URI, got {shown(text)}')
        text = text[mark + len(_MARK) :]
    return text
