"""No picture at all: for jobs that only want facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from image_worker.formats.base import Output

if TYPE_CHECKING:
    from image_worker.picture import Picture


class Json(Output):
    """Facts only; no picture is written."""

    name = "JSON"
    mime = "application/json"
    suffix = ".json"
    animates = True
    lossy = False
    seconds_per_megapixel = 0

    def encode(self, picture: Picture) -> bytes:
        """Write nothing."""
        del picture
        return b""
