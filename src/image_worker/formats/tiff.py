"""TIFF."""

from __future__ import annotations

from typing import TYPE_CHECKING

from image_worker.formats.base import KEEP_NOTHING, Output, Reader

if TYPE_CHECKING:
    from image_worker.picture import Picture

READER = Reader(
    name="TIFF",
    mime="image/tiff",
    loader="tiffload_source",
    fail_on="error",
    matches=lambda head: head.startswith((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")),
)


class Tiff(Output):
    """TIFF, for printing and archives: without losses, with transparency."""

    name = "TIFF"
    aliases = ("TIF",)
    mime = "image/tiff"
    suffix = ".tif"
    lossy = False

    def encode(self, picture: Picture) -> bytes:
        """Write with deflate and a horizontal predictor."""
        return bytes(
            picture.image.tiffsave_buffer(
                compression="deflate", predictor="horizontal", keep=KEEP_NOTHING
            )
        )
