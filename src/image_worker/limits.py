"""How much one job may ask for."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from image_worker.component import Model

Count = Annotated[int, Field(ge=1)]


class Limits(Model):
    """Every limit, with its unit in its name or its description."""

    max_operations: Count = 64
    """Operations in one job."""

    max_batch: Count = 100
    """Jobs in one batch."""

    max_outputs: Count = 20
    """Results of one job; a rendition counts once for each of its widths."""

    max_source_bytes: Count = 50_000_000
    """Bytes of one source, fetched or inline."""

    max_side: Count = 65_500
    """Pixels of the longer side, of a source or of any result."""

    max_input_megapixels: Annotated[float, Field(gt=0)] = 100
    """Megapixels of one frame of a source."""

    max_frames: Count = 300
    """Frames or pages of a source."""

    max_total_megapixels: Annotated[float, Field(gt=0)] = 150
    """Megapixels of all frames together, of a source and of every result."""

    max_decoder_bytes: Count = 400_000_000
    """Bytes that a decoder may hold at once, by estimate: 4 a pixel for progressive JPEG, which
    has to be read whole before its first pixel is known; the other decoders need hardly any."""

    max_avif_effort: Annotated[int, Field(ge=0, le=9)] = 4
    """The highest effort at which AVIF is written; each step above 2 doubles the time."""
