"""GIF."""

from __future__ import annotations

from typing import TYPE_CHECKING

from image_worker.formats.base import KEEP_NOTHING, Output, Reader, joined

if TYPE_CHECKING:
    from image_worker.picture import Picture

READER = Reader(
    name="GIF",
    mime="image/gif",
    loader="gifload_buffer",
    matches=lambda head: head.startswith((b"GIF87a", b"GIF89a")),
    paged=True,
)


class Gif(Output):
    """GIF, for animations that must play everywhere: 256 colours a frame."""

    name = "GIF"
    mime = "image/gif"
    suffix = ".gif"
    animates = True
    lossy = False

    def encode(self, picture: Picture) -> bytes:
        """Write with a palette chosen for the picture."""
        return bytes(joined(picture).gifsave_buffer(effort=4, keep=KEEP_NOTHING))
