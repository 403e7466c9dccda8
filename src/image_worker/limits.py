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

    max_bands: Count = 5
    """Bands of a source, transparency included: 1 is grey, 3 are RGB, 5 are CMYK with
    transparency."""

    max_frames: Count = 300
    """Frames or pages of a source."""

    max_total_megapixels: Annotated[float, Field(gt=0)] = 150
    """Megapixels of all frames together, of a source and of every result."""

    max_raw_bytes: Count = 800_000_000
    """Bytes of all frames of a source that are read, before they become 8 bits: a sample has 1
    byte, 2 with 16 bits, 4 in floating point."""

    max_decoder_bytes: Count = 400_000_000
    """Bytes that a decoder may hold at once, by estimate: 4 a pixel for progressive JPEG, which
    has to be read whole before its first pixel is known; the other decoders need hardly any."""

    max_avif_effort: Annotated[int, Field(ge=0, le=9)] = 4
    """The highest effort at which AVIF is written; each step above 2 doubles the time."""

    max_cost: Annotated[float, Field(gt=0)] = 60
    """CPU seconds that a job may take, by estimate from the sizes of its steps; a `dry_run` tells
    the estimate of each."""

    max_blur_sigma: Annotated[float, Field(gt=0)] = 250
    """Sigma of a blur, in pixels."""

    max_svg_bytes: Count = 1_000_000
    """Bytes of an SVG, where SVG is read at all."""

    max_svg_elements: Count = 10_000
    """Elements of an SVG, each counted as often as it is drawn by reference."""
