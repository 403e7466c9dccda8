"""WebP."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, model_validator

from image_worker.formats.base import Animated, Lossy, joined, kept
from image_worker.formats.reading import Reader, check_frames
from image_worker.formats.values import AnyQuality

if TYPE_CHECKING:
    from image_worker.fields import Size
    from image_worker.limits import Limits
    from image_worker.picture import Picture

_LOSSLESS_QUALITY = 75
"""How hard libwebp tries without losses; its own default."""

_HEAD_BYTES = 12
_CHUNK = struct.Struct("<4sI")


def _inspect(data: bytes, limits: Limits) -> int:
    """Refuse too many frames; libwebp takes the square of their number to tell it."""
    place, frames = _HEAD_BYTES, 0
    while place + _CHUNK.size <= len(data):
        kind, length = _CHUNK.unpack_from(data, place)
        if kind == b"ANMF":
            frames += 1
            check_frames(frames, limits)
        place += _CHUNK.size + length + length % 2
    return 1


READER = Reader(
    name="WEBP",
    mime="image/webp",
    loader="webpload_source",
    seconds_per_megapixel=0.05,
    matches=lambda head: head.startswith(b"RIFF") and head[8:12] == b"WEBP",
    shrinks="scale",
    paged=True,
    inspect=_inspect,
)


class Webp(Lossy, Animated):
    """WebP, for the web: smaller than JPEG, with transparency and animation."""

    name = "WEBP"
    saver = "webpsave_buffer"
    mime = "image/webp"
    suffix = ".webp"
    longest_side = 16_383
    seconds_per_megapixel = 0.04

    quality: AnyQuality = 80
    """1 is smallest, 100 best; `auto` is the lowest that is as like the picture as `min_ssim`."""

    color_profile: Literal["srgb", "p3", "keep"] = "srgb"
    """Colours of the file: `srgb` without an embedded profile, `p3` (Display P3), or `keep` for
    the source's own, which is embedded again."""

    effort: Annotated[int, Field(ge=0, le=6)] = 4
    """From 0, fast, to 6, small. From 4 on more time hardly gains anything."""

    lossless: bool = False
    """Whether to keep every level; for drawings often smaller than with losses."""

    near_lossless: bool = False
    """Whether to write without losses after smoothing what nobody sees, the more so the lower
    `quality` is."""

    alpha_quality: Annotated[int, Field(ge=0, le=100)] = 100
    """Quality of the transparency; 100 has no losses."""

    smart_subsample: bool = False
    """Whether to halve the resolution of the colours with more care; sharper red edges."""

    preset: Literal["default", "photo", "picture", "drawing", "icon", "text"] = "default"
    """What kind of picture it is, for finer tuning."""

    min_size: bool = False
    """Whether animations are written as small as possible, slowly."""

    mixed: bool = False
    """Whether frames of an animation may be with or without losses, each as is smaller."""

    @model_validator(mode="after")
    def _is_exactly_one_of_both(self) -> Self:
        if self.lossless and self.near_lossless:
            raise ValueError('expected "lossless" or "near_lossless", got both')
        return self

    @property
    def loses(self) -> bool:
        """Whether a search for a quality makes sense."""
        return not (self.lossless or self.near_lossless)

    @property
    def heeds_quality(self) -> bool:
        """Whether `quality` changes anything."""
        return not self.lossless

    def cost(self, size: Size) -> float:
        """Return more for each effort, and ten times as much without losses."""
        if not self.loses:
            return (0.4 if self.effort == 0 else 1.3) * size.megapixels
        return self.seconds_per_megapixel * (1 + self.effort) * size.megapixels

    def encode(self, picture: Picture) -> bytes:
        """Write all frames."""
        image = joined(picture)
        return bytes(
            image.webpsave_buffer(
                Q=_LOSSLESS_QUALITY if self.lossless else self.level,
                lossless=self.lossless or self.near_lossless,
                near_lossless=self.near_lossless,
                alpha_q=self.alpha_quality,
                smart_subsample=self.smart_subsample,
                preset=self.preset,
                min_size=self.min_size,
                mixed=self.mixed,
                effort=self.effort,
                keep=kept(image),
            )
        )
