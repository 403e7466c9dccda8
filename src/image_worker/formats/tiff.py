"""TIFF."""

from __future__ import annotations

import contextlib
import struct
from typing import TYPE_CHECKING, Literal, Self

from pydantic import model_validator

from image_worker.fields import Size
from image_worker.formats.base import Profiled, kept
from image_worker.formats.reading import Reader, check_frames, check_size
from image_worker.formats.values import Profile, Quality

if TYPE_CHECKING:
    from image_worker.limits import Limits
    from image_worker.picture import Picture

_PREDICTED = {"deflate", "lzw"}
_LOSSY = {"jpeg", "webp"}
_QUALITY = 85
_TILE = 256
_WIDTH, _HEIGHT = 256, 257
_SHORT = 3
_VALUE_BYTES = {12: 4, 20: 8}
"""Bytes of an entry's value, by those of the entry."""
_LOOKED_AT = 20
"""Entries are sorted by their tags, and those of the size come first."""


def _inspect(data: bytes, limits: Limits) -> int:
    """Refuse too many pages; libtiff would walk through all of them to learn how many there are."""
    order = "<" if data[:2] == b"II" else ">"
    big = data[2:4] in {b"+\0", b"\0+"}
    count_as, entry_bytes, offset_as = ("Q", 20, "Q") if big else ("H", 12, "I")
    place, pages = 8 if big else 4, 0
    with contextlib.suppress(struct.error):  # The decoder tells what is wrong with such a file.
        while offset := struct.unpack_from(order + offset_as, data, place)[0]:
            pages += 1
            check_frames(pages, limits)
            (entries,) = struct.unpack_from(order + count_as, data, offset)
            first = offset + struct.calcsize("<" + count_as)
            place = first + entries * entry_bytes
            check_size(_size(data, range(first, place, entry_bytes), order), limits)
    return 1


def _size(data: bytes, entries: range, order: str) -> Size:
    """Return the width and height that a page has, by its first entries; 1 where one is missing."""
    sides = {_WIDTH: 1, _HEIGHT: 1}
    for place in entries[:_LOOKED_AT]:
        tag, kind = struct.unpack_from(order + "HH", data, place)
        if tag in sides:
            value = place + entries.step - _VALUE_BYTES[entries.step]
            (sides[tag],) = struct.unpack_from(
                order + ("H" if kind == _SHORT else "I"), data, value
            )
    return Size(sides[_WIDTH], sides[_HEIGHT])


READER = Reader(
    name="TIFF",
    mime="image/tiff",
    loader="tiffload_source",
    seconds_per_megapixel=0.02,
    fail_on="error",
    exif=lambda _: (),
    inspect=_inspect,
    matches=lambda head: head.startswith((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")),
)


class Tiff(Profiled):
    """TIFF, for printing and archives: without losses, with transparency."""

    name = "TIFF"
    aliases = ("TIF",)
    saver = "tiffsave_buffer"
    mime = "image/tiff"
    suffix = ".tif"
    lossy = False

    quality: Quality | None = None
    """1 to 100, with the compression `jpeg` or `webp`, where 85 is the default; without losses it
    means nothing."""

    color_profile: Profile = "srgb"
    """Colours of the file: `srgb` without an embedded profile, `p3` (Display P3), `cmyk` for
    printing (its profile alone has 940 kB), or `keep` for the source's own, embedded again."""

    compression: Literal["none", "deflate", "lzw", "packbits", "jpeg", "webp"] = "deflate"
    """How pixels are packed. `jpeg` and `webp` have losses."""

    predictor: Literal["none", "horizontal"] | None = None
    """Whether levels are stored as differences, for `deflate` and `lzw`. Default:
    `horizontal` with these."""

    tile: bool = False
    """Whether it is stored in tiles of 256 x 256 instead of strips."""

    pyramid: bool = False
    """Whether smaller copies are stored too, for viewers of large pictures; implies `tile`."""

    @model_validator(mode="after")
    def _predicts_where_that_helps(self) -> Self:
        if self.predictor == "horizontal" and self.compression not in _PREDICTED:
            raise ValueError(
                f'expected the compression deflate or lzw beside "predictor", '
                f"got {self.compression}"
            )
        return self

    @property
    def loses(self) -> bool:
        """Whether `quality` means anything."""
        return self.compression in _LOSSY

    @property
    def used_quality(self) -> int | None:
        """The quality with which it is written, where that means anything."""
        return (self.quality or _QUALITY) if self.loses else None

    def encode(self, picture: Picture) -> bytes:
        """Write one picture."""
        image = picture.image
        predictor = self.predictor or ("horizontal" if self.compression in _PREDICTED else "none")
        return bytes(
            image.tiffsave_buffer(
                compression=self.compression,
                Q=self.quality or _QUALITY,
                predictor=predictor,
                tile=self.tile or self.pyramid,
                tile_width=_TILE,
                tile_height=_TILE,
                pyramid=self.pyramid,
                resunit="inch",
                keep=kept(image),
            )
        )
