"""PNG."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import Field, model_validator
from pyvips import ForeignPngFilter

from image_worker.formats.base import Profiled, kept
from image_worker.formats.reading import Reader
from image_worker.formats.values import WHOLE, Quality

if TYPE_CHECKING:
    from collections.abc import Iterator

    from image_worker.fields import Size
    from image_worker.picture import Picture

_MOST_COLORS = 256
_PALETTE_EFFORT = 4
_FILTERS = {
    "none": ForeignPngFilter.NONE,
    "sub": ForeignPngFilter.SUB,
    "up": ForeignPngFilter.UP,
    "average": ForeignPngFilter.AVG,
    "paeth": ForeignPngFilter.PAETH,
    "adaptive": ForeignPngFilter.ALL,
}

_SIGNATURE_BYTES = 8
_AROUND = 12
"""Bytes of a chunk beside its body: length, name and checksum."""


def _exif(data: bytes) -> Iterator[range]:
    """Yield the chunks that hold it."""
    place = _SIGNATURE_BYTES
    while place + _AROUND <= len(data):
        end = place + _AROUND + int.from_bytes(data[place : place + 4], "big")
        if data[place + 4 : place + 8] == b"eXIf":
            yield range(place, min(end, len(data)))
        place = end


READER = Reader(
    name="PNG",
    mime="image/png",
    loader="pngload_source",
    seconds_per_megapixel=0.02,
    exif=_exif,
    matches=lambda head: head.startswith(b"\x89PNG\r\n\x1a\n"),
)


class Png(Profiled):
    """PNG, for drawings and screenshots: without losses, with transparency."""

    name = "PNG"
    saver = "pngsave_buffer"
    mime = "image/png"
    suffix = ".png"
    lossy = False
    seconds_per_megapixel = 0.1

    quality: Quality | None = None
    """How close the colours of a `palette` are, 1 to 100; without one it means nothing."""

    color_profile: Literal["srgb", "p3", "keep"] = "srgb"
    """Colours of the file: `srgb` without an embedded profile, `p3` (Display P3), or `keep` for
    the source's own, which is embedded again."""

    compression: Annotated[int, Field(ge=0, le=9)] = 6
    """From 0, none, to 9, slow. 1 takes 0.4 of the time of 6 for a sixth more bytes."""

    filter: Literal["none", "sub", "up", "average", "paeth", "adaptive"] = "none"
    """How rows are prepared: `sub` makes photographs a fifth smaller, `none` is best for
    drawings."""

    progressive: bool = False
    """Whether it appears coarse at first; larger."""

    palette: bool = False
    """Whether to use a palette: a quarter of the bytes, at most 256 colours. A loss."""

    colors: Annotated[Literal[2, 4, 16, 256] | None, WHOLE] = None
    """Colours of the `palette`. Default: 256."""

    bitdepth: Annotated[Literal[1, 2, 4, 8] | None, WHOLE] = None
    """Bits of a pixel with a `palette`; another way to say `colors`."""

    dither: Annotated[float, Field(ge=0, le=1)] | None = None
    """How much the missing colours of a `palette` are mixed from dots. Default: 1."""

    effort: Annotated[int, Field(ge=1, le=10)] | None = None
    """How hard to look for a `palette`, 1 to 10. Default: 4; 7 takes five times as long."""

    @model_validator(mode="after")
    def _has_a_palette_where_one_is_described(self) -> Self:
        for name in ("colors", "bitdepth", "dither", "effort"):
            if getattr(self, name) is not None and not self.palette:
                raise ValueError(f'expected "palette": true beside "{name}", got false')
        if self.colors and self.bitdepth:
            raise ValueError('expected "colors" or "bitdepth", got both')
        return self

    @property
    def heeds_quality(self) -> bool:
        """Whether `quality` changes anything."""
        return self.palette

    def cost(self, size: Size) -> float:
        """Return more for a palette and for filters that are chosen row by row."""
        if self.palette:
            seconds = 0.4 + 0.15 * (self.effort or _PALETTE_EFFORT)
        else:
            seconds = self.seconds_per_megapixel * (3 if self.filter == "adaptive" else 1)
        return seconds * size.megapixels

    def encode(self, picture: Picture) -> bytes:
        """Write one picture."""
        image = picture.image
        return bytes(
            image.pngsave_buffer(
                compression=self.compression,
                filter=_FILTERS[self.filter],
                interlace=self.progressive,
                keep=kept(image),
                **(self._palette() if self.palette else {}),
            )
        )

    def _palette(self) -> dict[str, Any]:
        bits = self.bitdepth or (self.colors or _MOST_COLORS).bit_length() - 1
        return {
            "palette": True,
            "bitdepth": bits,
            "Q": self.quality or 100,
            "dither": 1.0 if self.dither is None else self.dither,
            "effort": self.effort or _PALETTE_EFFORT,
        }
