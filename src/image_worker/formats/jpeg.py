"""JPEG."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from image_worker.formats.base import Lossy, kept
from image_worker.formats.reading import Reader
from image_worker.formats.scans import SMALLEST, means_only
from image_worker.formats.values import AnyQuality, Profile, Subsampling

if TYPE_CHECKING:
    from image_worker.fields import Size
    from image_worker.picture import Picture

_MOZJPEG_TABLE = 3

_MARK, _SCAN, _SEGMENTS = 0xFF, 0xDA, {*range(0xC0, 0xFF)} - {*range(0xD0, 0xDA)}
_START_OF_SCAN = b"\xff\xda"
_ALIKE = 10
"""Scans of a progressive file that take as long as one pass: each has a part of the bits."""


def _head(data: bytes) -> tuple[range]:
    """Return all before the first scan; or all, where the segments do not simply follow."""
    place = 2
    while place + 4 <= len(data) and data[place] == _MARK and data[place + 1] in _SEGMENTS:
        if data[place + 1] == _SCAN:
            return (range(place),)
        place += 2 + int.from_bytes(data[place + 2 : place + 4], "big")
    return (range(len(data)),)


def _passes(data: bytes) -> int:
    return 1 + data[:].count(_START_OF_SCAN) // _ALIKE  # a mapped file cannot count


def _needed(data: bytes, shrink: int) -> bytes:
    return means_only(data) if shrink == SMALLEST else data


READER = Reader(
    name="JPEG",
    mime="image/jpeg",
    loader="jpegload_source",
    seconds_per_megapixel=0.01,
    matches=lambda head: head.startswith(b"\xff\xd8\xff"),
    shrinks="shrink",
    exif=_head,
    progressive_passes=_passes,
    needed=_needed,
)


class Jpeg(Lossy):
    """JPEG, for photographs: small, read everywhere, no transparency."""

    name = "JPEG"
    aliases = ("JPG",)
    saver = "jpegsave_buffer"
    mime = "image/jpeg"
    suffix = ".jpg"
    transparent = False
    longest_side = 65_500
    seconds_per_megapixel = 0.015

    quality: AnyQuality = 85
    """1 is smallest, 100 best; `auto` is the lowest that is as like the picture as `min_ssim`."""

    color_profile: Profile = "srgb"
    """Colours of the file: `srgb` without an embedded profile, `p3` (Display P3), `cmyk` for
    printing (its profile alone has 940 kB), or `keep` for the source's own, embedded again."""

    subsampling: Subsampling = "4:2:0"
    """Resolution of the colours: `4:2:0` halves it, `4:4:4` keeps all of it."""

    progressive: bool = False
    """Whether it appears coarse at first; a tenth smaller, in four times the time."""

    mozjpeg: bool = False
    """Whether to do all of the below as mozjpeg does: about a tenth smaller, thirty times slower.
    Implies `progressive`."""

    optimize_coding: bool = False
    """Whether to compute the best code tables: 2 % smaller, in twice the time; the whole picture
    is held in memory."""

    trellis_quantization: bool = False
    """Whether to choose coefficients by their cost in bits."""

    overshoot_deringing: bool = False
    """Whether to hide ringing around black text upon white."""

    optimize_scans: bool = False
    """Whether to choose the best split into scans. Implies `progressive`."""

    quantization_table: Annotated[int, Field(ge=0, le=8)] = 0
    """Which of mozjpeg's tables to use; 0 is that of the JPEG standard, 3 that of ImageMagick."""

    def cost(self, size: Size) -> float:
        """Return more for each part of what mozjpeg does."""
        seconds = [
            (self.seconds_per_megapixel, True),
            (0.02, self.progressive or self.optimize_coding),
            (0.08, self.trellis_quantization or self.mozjpeg),
            (0.08, self.optimize_scans or self.mozjpeg),
        ]
        return sum(each for each, done in seconds if done) * size.megapixels

    def encode(self, picture: Picture) -> bytes:
        """Write baseline JPEG unless more is asked, with the same colours at every quality."""
        image, all_of_it = picture.image, self.mozjpeg
        return bytes(
            image.jpegsave_buffer(
                Q=self.level,
                subsample_mode="on" if self.subsampling == "4:2:0" else "off",
                interlace=self.progressive or self.optimize_scans or all_of_it,
                optimize_coding=self.optimize_coding or all_of_it,
                trellis_quant=self.trellis_quantization or all_of_it,
                overshoot_deringing=self.overshoot_deringing or all_of_it,
                optimize_scans=self.optimize_scans or all_of_it,
                quant_table=self.quantization_table or (_MOZJPEG_TABLE if all_of_it else 0),
                keep=kept(image),
            )
        )
