"""PNG."""

from __future__ import annotations

from typing import TYPE_CHECKING

from image_worker.formats.base import KEEP_NOTHING, Output, Reader

if TYPE_CHECKING:
    from image_worker.picture import Picture

READER = Reader(
    name="PNG",
    mime="image/png",
    loader="pngload_source",
    matches=lambda head: head.startswith(b"\x89PNG\r\n\x1a\n"),
)


class Png(Output):
    """PNG, for drawings and screenshots: without losses, with transparency."""

    name = "PNG"
    mime = "image/png"
    suffix = ".png"
    lossy = False

    def encode(self, picture: Picture) -> bytes:
        """Write at zlib's level 6."""
        return bytes(picture.image.pngsave_buffer(compression=6, keep=KEEP_NOTHING))
