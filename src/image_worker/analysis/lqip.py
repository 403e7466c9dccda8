"""A tiny preview."""

from __future__ import annotations

from typing import Annotated, Literal

import pybase64
import pyvips
from pydantic import Field

from image_worker.analysis.base import Analyzer, Subject, upon_white

_QUALITY = {"webp": 60, "jpeg": 50}
_NOTHING = pyvips.ForeignKeep.NONE


class Lqip(Analyzer):
    """A tiny preview as a data URI, for the `src` of an image that is still loading.

    Scale it up with a blur. WebP takes some 200 bytes and keeps transparency; JPEG takes some 700
    and is white where the picture is transparent.
    """

    name = "lqip"
    reads = "overview"

    size: Annotated[int, Field(ge=4, le=64)] = 20
    """Pixels of the longer side, 4 to 64; never more than the picture has."""

    format: Literal["webp", "jpeg"] = "webp"
    """The format of the preview."""

    def measure(self, subject: Subject) -> str:
        """Return the data URI."""
        image = subject.thumbnail(subject.fitted(self.size))
        if self.format == "webp":
            data = image.webpsave_buffer(Q=_QUALITY["webp"], effort=6, keep=_NOTHING)
        else:
            data = upon_white(image).jpegsave_buffer(
                Q=_QUALITY["jpeg"], optimize_coding=True, keep=_NOTHING
            )
        return f"data:image/{self.format};base64,{pybase64.b64encode_as_string(bytes(data))}"
