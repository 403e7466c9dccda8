"""GIF."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field
from pyvips import ForeignKeep

from image_worker.errors import CorruptImageError
from image_worker.formats.base import Animated, joined
from image_worker.formats.reading import Reader, check_frames
from image_worker.formats.values import WHOLE, Quality

if TYPE_CHECKING:
    from image_worker.limits import Limits
    from image_worker.picture import Picture

_EXTENSION, _IMAGE = 0x21, 0x2C
_MOST_BLOCKS = 500_000
"""Blocks of up to 255 bytes that are walked through; 50 MB take 200,000 full ones."""
_HEADED = 10
"""Blocks that an image or an extension counts as beside its own."""


def _inspect(data: bytes, limits: Limits) -> int:
    """Refuse too many frames, and a file whose blocks do not lead to its end."""
    frames, blocks = 0, 0
    place = 13 + _table_bytes(data[10:11])
    while place < len(data) and data[place] in {_EXTENSION, _IMAGE}:
        if data[place] == _IMAGE:
            frames += 1
            place += 11 + _table_bytes(data[place + 9 : place + 10])
        else:
            place += 2
        while place < len(data) and data[place]:
            place += data[place] + 1
            blocks += 1
        place += 1
        blocks += _HEADED
        check_frames(frames, limits)
        if blocks > _MOST_BLOCKS:
            raise CorruptImageError(f"the GIF file has more than {_MOST_BLOCKS} blocks of data")
    if place >= len(data):  # Else at the trailer, or at rubbish that the decoder may judge.
        raise CorruptImageError("the GIF file is truncated")
    return 1


def _table_bytes(flags: bytes) -> int:
    """Return the size of the colour table that the flags announce."""
    return 3 << (flags[0] & 7) + 1 if flags and flags[0] & 0x80 else 0


READER = Reader(
    name="GIF",
    mime="image/gif",
    loader="gifload_source",
    seconds_per_megapixel=0.02,
    matches=lambda head: head.startswith((b"GIF87a", b"GIF89a")),
    paged=True,
    inspect=_inspect,
)


class Gif(Animated):
    """GIF, for animations that must play everywhere: 256 colours a frame."""

    name = "GIF"
    saver = "gifsave_buffer"
    mime = "image/gif"
    suffix = ".gif"
    lossy = False
    seconds_per_megapixel = 0.9

    quality: Quality | None = None
    """Means nothing here: GIF writes what its palette holds. Accepted, with a notice."""

    effort: Annotated[int, Field(ge=1, le=7)] = 4
    """How hard to look for a palette: 1 is fast, 7 is best."""

    colors: Annotated[Literal[2, 4, 8, 16, 32, 64, 128, 256], WHOLE] = 256
    """Colours of a frame, transparency included."""

    dither: Annotated[float, Field(ge=0, le=1)] = 1
    """How much missing colours are mixed from dots."""

    progressive: bool = False
    """Whether it appears coarse at first."""

    inter_frame_max_error: Annotated[float, Field(ge=0, le=32)] = 0
    """How much a pixel may differ from the frame before and still be taken from there."""

    inter_palette_max_error: Annotated[float, Field(ge=0, le=256)] = 3
    """How much a frame's colours may differ from the palette before and still share it."""

    def encode(self, picture: Picture) -> bytes:
        """Write with a palette chosen for the picture."""
        return bytes(
            joined(picture).gifsave_buffer(
                effort=self.effort,
                bitdepth=self.colors.bit_length() - 1,
                dither=self.dither,
                interlace=self.progressive,
                interframe_maxerror=self.inter_frame_max_error,
                interpalette_maxerror=self.inter_palette_max_error,
                keep=ForeignKeep.NONE,
            )
        )
