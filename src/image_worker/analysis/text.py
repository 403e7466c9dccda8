"""Text."""

from __future__ import annotations

from image_worker.analysis.seeing import Confidence, Most, SeenIn
from image_worker.vision import Wanted


class Text(SeenIn):
    """Lines of text: what they say, their boxes and their corners; needs the extra `ocr`.

    RapidOCR with PP-OCR reads print in Latin letters, digits and Chinese, also on photographs;
    handwriting and ornate letters it misses. It takes seconds for a full page, and several hundred
    megabytes. Conditions compare the number of lines.
    """

    name = "text"
    extra = "ocr"
    seconds_per_megapixel = 0.9

    min_confidence: Confidence | None = None
    """Least confidence, 0 to 1. Default: 0.5, which is RapidOCR's own."""

    max: Most | None = None
    """How many lines are told, the surest first, 1 to 1000. Default: 100."""

    @property
    def wanted(self) -> Wanted:
        """Text."""
        return Wanted("text", None, self.min_confidence, most=self.max)
