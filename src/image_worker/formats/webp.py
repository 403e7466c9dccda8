"""WebP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from image_worker.formats.base import KEEP_NOTHING, Output, Quality, Reader, joined

if TYPE_CHECKING:
    from image_worker.picture import Picture

READER = Reader(
    name="WEBP",
    mime="image/webp",
    loader="webpload_source",
    matches=lambda head: head.startswith(b"RIFF") and head[8:12] == b"WEBP",
    shrinks="scale",
    paged=True,
)


class Webp(Output):
    """WebP, for the web: smaller than JPEG, with transparency and animation."""

    name = "WEBP"
    mime = "image/webp"
    suffix = ".webp"
    animates = True
    longest_side = 16_383

    quality: Quality = 80
    """1 is smallest, 100 best."""

    def encode(self, picture: Picture) -> bytes:
        """Write at libwebp's effort 4, from which more time hardly gains anything."""
        return bytes(joined(picture).webpsave_buffer(Q=self.quality, effort=4, keep=KEEP_NOTHING))
