"""The scans of a progressive JPEG, and which of them the smallest size needs.

At an eighth of its size each block of 8x8 pixels becomes one pixel, its mean, and that is all that
the scans of the first coefficient hold (ITU-T T.81, G.1: spectral selection from 0 to 0). Only of
colours with half the resolution more is used. The rest, the details of the brightness, is most of
the file and most of its decoder's work.
"""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

SMALLEST = 8
"""The greatest factor by which a decoder of JPEG shrinks."""

_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]", re.DOTALL)
"""What ends the data of a scan: neither a byte 255 as such, nor a restart, nor filling."""
_START, _PROGRESSIVE, _SCAN, _END = b"\xff\xd8", b"\xff\xc2", b"\xff\xda", b"\xff\xd9"
_BLOCK = 8

_NO_RESTARTS = b"\xff\xdd\x00\x04\x00\x00"
_TABLE = b"\xff\xc4\x00\x14\x10" + b"\x01" + bytes(15) + b"\xe0"
"""The one code of scans without detail: 0, and 14 bits that say how many blocks have ended more
than 16384 (T.81, G.1.2.2)."""
_LONGEST_RUN = (1 << 15) - 1


def means_only(data: bytes) -> bytes:
    """Return a progressive file without the details that an eighth of its size has no use for.

    Every other file is returned as it is: one of another kind, and one that is incomplete or
    broken, of which the decoder has to say so itself.
    """
    kept, blocks = [_START], dict[int, int]()
    try:
        for piece in _pieces(data):
            if piece[:2] == _PROGRESSIVE:
                blocks = _whole(piece)
            if not (piece[:2] == _SCAN and _details(piece) in blocks):
                kept.append(piece)
    except (ValueError, struct.error, IndexError):
        return data
    if not blocks:
        return data
    # Where details are only missing, libjpeg guesses them, and changes the means as well.
    none = (_without_details(part, count) for part, count in blocks.items())
    return b"".join([*kept, _NO_RESTARTS, _TABLE, *none, _END])


def _pieces(data: bytes) -> Iterator[bytes]:
    """Yield each segment, a scan with its data, up to the end; `ValueError` where there is none."""
    place = len(_START)
    while (marker := data[place : place + 2]) != _END:
        end = place + 2 + int.from_bytes(data[place + 2 : place + 4], "big")
        if marker[:1] != b"\xff" or end < place + 4 or end > len(data):
            raise ValueError
        if marker == _SCAN:
            following = _MARKER.search(data, end)
            if following is None:
                raise ValueError
            end = following.start()
        yield data[place:end]
        place = end


def _details(scan: bytes) -> int | None:
    """Return the number of the one part whose details a scan has, if it has not the means."""
    return scan[5] if scan[5 + 2 * scan[4]] > 0 else None


def _whole(frame: bytes) -> dict[int, int]:
    """Return the parts that have the full resolution, brightness above all, and their blocks."""
    height, width, count = struct.unpack_from(">HHB", frame, 5)
    told = dict(struct.unpack_from("BB", frame, 10 + 3 * number) for number in range(count))
    most = max(each >> 4 for each in told.values()) << 4 | max(each & 15 for each in told.values())
    blocks = -(-width // _BLOCK) * -(-height // _BLOCK)
    return {part: blocks for part, each in told.items() if blocks and each == most}


def _without_details(part: int, blocks: int) -> bytes:
    """Return a scan of one part that says of every block that all details are zero."""
    bits = ("0" + "1" * 14) * -(-blocks // _LONGEST_RUN)
    bits += "1" * (-len(bits) % 8)
    coded = int(bits, 2).to_bytes(len(bits) // 8, "big").replace(b"\xff", b"\xff\x00")
    return _SCAN + struct.pack(">HBBBBBB", 8, 1, part, 0, 1, 63, 0) + coded
