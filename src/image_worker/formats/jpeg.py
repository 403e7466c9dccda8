"""JPEG."""

from __future__ import annotations

from typing import TYPE_CHECKING

from image_worker.formats.base import KEEP_NOTHING, Output, Quality, Reader

if TYPE_CHECKING:
    from image_worker.picture import Picture

READER = Reader(
    name="JPEG",
    mime="image/jpeg",
    loader="jpegload_source",
    matches=lambda head: head.startswith(b"\xff\xd8\xff"),
    shrinks="shrink",
)


class Jpeg(Output):
    """JPEG, for photographs: small, read everywhere, no transparency."""

    name = "JPEG"
    aliases = ("JPG",)
    mime = "image/jpeg"
    suffix = ".jpg"
    transparent = False
    longest_side = 65_500

    quality: Quality = 85
    """1 is smallest, 100 best."""

    def encode(self, picture: Picture) -> bytes:
        """Write baseline JPEG with halved colour resolution, at every quality."""
        return bytes(
            picture.image.jpegsave_buffer(Q=self.quality, subsample_mode="on", keep=KEEP_NOTHING)
        )
