"""QR codes and barcodes."""

from __future__ import annotations

from image_worker.analysis.seeing import Most, SeenIn
from image_worker.vision import Wanted


class Codes(SeenIn):
    """QR codes and barcodes that can be read: their kind, what they say, and where they are.

    The kind is `qr`, or for bars `ean-13`, `ean-8`, `upc-a` and their like. OpenCV tells no
    confidence: what could be read has 1. Conditions compare the number of codes.
    """

    name = "codes"
    seconds_per_megapixel = 0.1

    max: Most | None = None
    """How many are told, 1 to 1000. Default: 100."""

    @property
    def wanted(self) -> Wanted:
        """Codes."""
        return Wanted("codes", most=self.max)
