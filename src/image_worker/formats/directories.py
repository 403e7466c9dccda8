"""A look at EXIF data before a library follows it.

EXIF data is a tree of directories that refer to each other by their places. libexif follows every
reference, however often and in whatever circle, so that 60 kB can keep it busy for half a minute.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from image_worker.errors import CorruptImageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_STARTS = ((b"II*\0", "<"), (b"MM\0*", ">"))
_FIRST_AT = 4
_ENTRY_BYTES = 12
_REFERENCES = frozenset({0x8769, 0x8825, 0xA005})
"""Tags whose value is the place of another directory: EXIF, GPS, interoperability."""
_MOST_REFERENCES = 8
"""More than this many directories are in no camera's file; there are three kinds."""
_MOST_ENTRIES = 20_000
"""Entries that are looked at in one file, in all of its pieces of EXIF data."""


def check_exif(data: bytes, places: Iterable[range] | None = None) -> None:
    """Refuse a file whose EXIF data refers to itself; raises a `CorruptImageError`.

    It is looked for in `places` alone, since a search in all of a large file takes milliseconds.
    """
    left = _MOST_ENTRIES
    looked_in = [range(len(data))] if places is None else list(places)
    # A piece of a mapped file is searched many times as fast as the file itself.
    data = data[: max((place.stop for place in looked_in), default=0)]
    for place in looked_in:
        for mark, order in _STARTS:
            start = data.find(mark, place.start, place.stop)
            while start >= 0:
                left -= _walk(data, start, order)
                if left < 0:
                    raise CorruptImageError("expected EXIF data of a sensible size, got a flood")
                start = data.find(mark, start + len(mark), place.stop)


def _walk(data: bytes, start: int, order: str) -> int:
    """Follow the references of one piece; return how many entries were looked at."""
    if not _has(data, start + _FIRST_AT, 4):
        return 0
    waiting = list(struct.unpack_from(f"{order}I", data, start + _FIRST_AT))
    seen, looked = set[int](), 0
    while waiting:
        place = waiting.pop()
        if place in seen or len(seen) > _MOST_REFERENCES:
            raise CorruptImageError("expected EXIF data, got directories that refer to each other")
        seen.add(place)
        entries = list(_entries(data, start + place, order))
        looked += len(entries)
        found = [value for tag, value in entries if tag in _REFERENCES]
        if len(found) > _MOST_REFERENCES:
            raise CorruptImageError("expected EXIF data, got one directory under many names")
        waiting += found
    return looked


def _entries(data: bytes, place: int, order: str) -> Iterator[tuple[int, int]]:
    """Yield tag and value of each entry of the directory at that place, as far as it is there."""
    if not _has(data, place, 2):
        return
    (count,) = struct.unpack_from(f"{order}H", data, place)
    first, last = place + 2, len(data) - _ENTRY_BYTES
    for at in range(first, min(first + count * _ENTRY_BYTES, last + 1), _ENTRY_BYTES):
        tag, _, _, value = struct.unpack_from(f"{order}HHII", data, at)
        yield tag, value


def _has(data: bytes, place: int, length: int) -> bool:
    return 0 <= place <= len(data) - length
