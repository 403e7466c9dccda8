"""Results that stand in the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pybase64

from image_worker.sinks.base import Delivered, Delivery

if TYPE_CHECKING:
    from image_worker.sinks.base import Exits
    from image_worker.sinks.parcel import Parcel


class Inline(Delivery):
    """The result stands in the answer, as text."""

    inline = True

    @staticmethod
    def prefix(mime: str, /) -> str:
        """Return what stands before the bytes."""
        return f"data:{mime};base64,"

    @classmethod
    def length(cls, mime: str, size: int) -> int:
        """Return how long the text is for so many bytes."""
        return len(cls.prefix(mime)) + (size + 2) // 3 * 4

    @classmethod
    def text(cls, mime: str, data: bytes) -> str:
        """Return the text."""
        return cls.prefix(mime) + pybase64.b64encode_as_string(data)

    def deliver(self, parcel: Parcel, exits: Exits) -> Delivered:  # noqa: ARG002 - see `Delivery`
        """Put the result into the answer."""
        return Delivered(self.text(parcel.mime, parcel.data))


class Auto(Inline):
    """In the answer as a data URI while it fits there, else in the bucket that is set up."""

    name = "auto"


class DataUri(Inline):
    """In the answer, as a data URI."""

    name = "data_uri"


class Base64(Inline):
    """In the answer, as bare base64."""

    name = "base64"

    @staticmethod
    def prefix(_mime: str, /) -> str:
        """Return nothing."""
        return ""
