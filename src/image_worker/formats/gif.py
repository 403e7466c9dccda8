"""GIF."""

from __future__ import annotations

from typing import TYPE_CHECKING

from image_worker.formats.base import KEEP_NOTHING, Output, Reader, joined

if TYPE_CHECKING:
    from image_worker.picture import Picture

_EXTENSION, _IMAGE = 0x21, 0x2C


def _complete(data: bytes) -> bool:
    """Tell whether the blocks lead to the trailer."""
    place = 13 + _table_bytes(data[10:11])
    while place < len(data) and data[place] in {_EXTENSION, _IMAGE}:
        if data[place] == _IMAGE:
            place += 11 + _table_bytes(data[place + 9 : place + 10])
        else:
            place += 2
        while place < len(data) and data[place]:
            place += data[place] + 1
        place += 1
    return place < len(data)  # At the trailer, or at rubbish that the decoder may judge.


def _table_bytes(flags: bytes) -> int:
    """Return the size of the colour table that the flags announce."""
    return 3 << (flags[0] & 7) + 1 if flags and flags[0] & 0x80 else 0


READER = Reader(
    name="GIF",
    mime="image/gif",
    loader="gifload_source",
    matches=lambda head: head.startswith((b"GIF87a", b"GIF89a")),
    paged=True,
    complete=_complete,
)


class Gif(Output):
    """GIF, for animations that must play everywhere: 256 colours a frame."""

    name = "GIF"
    mime = "image/gif"
    suffix = ".gif"
    animates = True
    lossy = False

    def encode(self, picture: Picture) -> bytes:
        """Write with a palette chosen for the picture."""
        return bytes(joined(picture).gifsave_buffer(effort=4, keep=KEEP_NOTHING))
