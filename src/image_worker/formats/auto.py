"""The format that suits the picture."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from image_worker.component import Several
from image_worker.formats.base import Animated, Lossy
from image_worker.formats.values import AnyQuality

Accepted = Annotated[Several[Literal["JPEG", "PNG", "WEBP", "AVIF", "GIF"]], Field(min_length=1)]


class Auto(Lossy, Animated):
    """The format that suits the picture, among those that the reader accepts.

    Animations become WebP (else GIF). Drawings (two fifths of their pixels are the same as both
    their left and upper neighbour) and transparent pictures are written without losses, as
    the smaller of WebP and PNG. Photographs, and transparent ones too where a `quality` is
    asked, become the smallest of JPEG, WebP and AVIF at the default quality of each, or at the
    `quality` that is asked: `auto` compares them at the same likeness. The answer names the format.
    """

    name = "AUTO"
    mime = "application/octet-stream"
    suffix = ""

    quality: AnyQuality | None = None
    """1 to 100, or `auto` for the lowest that is as like the picture as `min_ssim`. Default: that
    of each format (JPEG 85, WebP 80, AVIF 60)."""

    color_profile: Literal["srgb", "p3", "keep"] = "srgb"
    """Colours of the file: `srgb` without an embedded profile, `p3` (Display P3), or `keep` for
    the source's own, which is embedded again."""

    accept: Accepted = ("JPEG", "PNG", "WEBP")
    """Formats that the reader shows: JPEG, PNG, WEBP, AVIF, GIF. AVIF is often the smallest, and
    takes fifty times as long; it is tried only if named here."""
