"""EXIF blocks and the directories of TIFF files, which are built alike.

libvips writes EXIF through libexif, which turns every letter outside ASCII, the copyright sign
included, into a question mark and adds a dozen entries of its own. So what is kept is copied here,
byte by byte.
"""

from __future__ import annotations

import struct
import zlib
from typing import NamedTuple

ARTIST, COPYRIGHT, IPTC = 0x013B, 0x8298, 0x83BB
UNDEFINED = 7
"""The kind of entries that are bytes without a meaning of their own."""
_ORIENTATION = 0x0112
_ACROSS, _DOWN, _UNIT = 0x011A, 0x011B, 0x0128
_EXIF_DIRECTORY, _WIDTH, _HEIGHT, _MAKER_NOTE = 0x8769, 0xA002, 0xA003, 0x927C
_THUMBNAIL, _THUMBNAIL_BYTES = 0x0201, 0x0202
# Entries that may hold pictures, or metadata that is written elsewhere: other directories, XMP,
# IPTC, Photoshop's resources, a thumbnail of Windows, maker notes.
_DROPPED = {0x014A, 0x02BC, IPTC, 0x8649, 0x501B, _MAKER_NOTE}
_TEXT, _SHORT, _LONG, _RATIONAL = 2, 3, 4, 5
_UTF8 = 129
_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 129: 1}
_ENTRY = 12
_INCH = 2
_MOST_TEXT = 10_000
_PREFIX = 32
MOST_BYTES = 60_000
"""Longest block that fits everywhere; a segment of a JPEG file holds 65,533 bytes."""


_Bytes = bytes | bytearray


class Tag(NamedTuple):
    """One entry of a directory."""

    code: int
    kind: int
    value: bytes

    @property
    def values(self) -> int:
        """How many values of its kind it holds."""
        return len(self.value) // _BYTES[self.kind]


class _Directory(NamedTuple):
    tags: dict[int, tuple[Tag, int]]
    """Each entry, and where its value stands."""
    following: int
    """Where the next directory stands; 0 for nowhere."""
    end: int


def block(data: bytes) -> bytes:
    """Return a block from where its byte order is told; empty if that is not found."""
    places = [data.find(mark, 0, _PREFIX) for mark in (b"II*\0", b"MM\0*")]
    found = [place for place in places if place >= 0]
    return data[min(found) :] if found else b""


def rights(data: bytes) -> list[Tag]:
    """Return who made it and who owns it, as a block or a TIFF file says; none if it is damaged."""
    tags = _main(data)
    kept = (tags[code][0] for code in (ARTIST, COPYRIGHT) if code in tags)
    return [tag for tag in kept if tag.kind in {_TEXT, _UTF8} and len(tag.value) <= _MOST_TEXT]


def iptc(data: bytes) -> bytes:
    """Return the IPTC records of a TIFF file, of which libvips reads and writes but a part."""
    tags = _main(data)
    return tags[IPTC][0].value if IPTC in tags else b""


def resolution(dpi: float) -> list[Tag]:
    """Return the entries that say how many pixels an inch has."""
    ratio = struct.pack("<II", round(dpi * 1000), 1000)
    unit = struct.pack("<H", _INCH)
    return [Tag(_ACROSS, _RATIONAL, ratio), Tag(_DOWN, _RATIONAL, ratio), Tag(_UNIT, _SHORT, unit)]


def made(tags: list[Tag]) -> bytes:
    """Return a block of these entries alone."""
    return with_tags(b"II*\0\x08\0\0\0\0\0\0\0\0\0", tags)


def with_tags(data: bytes, tags: list[Tag]) -> bytes:
    """Return a block, or a TIFF file, with more entries in its first directory.

    The new directory is put behind the end, so that nothing else has to move.
    """
    if not tags:
        return data
    order = _order(data)
    old = _directory(data, _first(data))
    place = len(data) + len(data) % 2
    new = {**{code: tag for code, (tag, _) in old.tags.items()}, **{tag.code: tag for tag in tags}}
    stored = {code: at for code, (_, at) in old.tags.items() if new[code] is old.tags[code][0]}
    values = place + 2 + _ENTRY * len(new) + 4
    entries, tail = b"", b""
    for code, tag in sorted(new.items()):
        value = tag.value if code in stored else _ordered(tag, order)
        if len(value) <= 4:  # noqa: PLR2004 - what an entry has room for
            where = value.ljust(4, b"\0")
        elif code in stored:
            where = struct.pack(f"{order}I", stored[code])
        else:
            where = struct.pack(f"{order}I", values + len(tail))
            tail += value + b"\0" * (len(value) % 2)
        entries += struct.pack(f"{order}HHI", code, tag.kind, tag.values) + where
    head = data[:4] + struct.pack(f"{order}I", place) + data[8:]
    count = struct.pack(f"{order}H", len(new))
    following = struct.pack(f"{order}I", old.following)
    return head.ljust(place, b"\0") + count + entries + following + tail


def cleaned(data: bytes, width: int, height: int) -> bytes:
    """Return a block for a picture of that size, upright; empty if it is damaged.

    Without previews, maker notes and whatever else may hold a copy of the picture.
    """
    try:
        buffer = bytearray(data)
        main = _cleared(buffer, _first(data))
        _overwrite(buffer, main, _ORIENTATION, 1)
        if main.following:
            _blank_thumbnail(buffer, main.following)
        inner = main.tags.get(_EXIF_DIRECTORY)
        if inner:
            place = struct.unpack(f"{_order(data)}I", inner[0].value)[0]
            details = _cleared(buffer, place)
            _overwrite(buffer, details, _WIDTH, width)
            _overwrite(buffer, details, _HEIGHT, height)
        return bytes(buffer)
    except struct.error:
        return b""


def reserved(length: int) -> str:
    """Return a text which, as one entry, makes libvips leave room for a block of that length."""
    return "~" * max(length, _PREFIX)


def filled(data: bytes, content: bytes) -> bytes:
    """Return a file with the block in the room that was left for it."""
    mark = reserved(len(content)).encode()
    at = data.index(mark)
    start = data.rindex(b"II*\0", 0, at)
    end = at + len(mark)
    data = data[:start] + content.ljust(end - start, b"\0") + data[end:]
    if data[start - 4 : start] == b"eXIf":  # in PNG, which checks its chunks
        (length,) = struct.unpack(">I", data[start - 8 : start - 4])
        checksum = struct.pack(">I", zlib.crc32(data[start - 4 : start + length]))
        data = data[: start + length] + checksum + data[start + length + 4 :]
    return data


def _main(data: bytes) -> dict[int, tuple[Tag, int]]:
    if data[2:4] not in {b"*\0", b"\0*"}:
        return {}
    try:
        return _directory(data, _first(data)).tags
    except struct.error:
        return {}


def _order(data: _Bytes) -> str:
    return "<" if data[:2] == b"II" else ">"


def _first(data: _Bytes) -> int:
    place: int = struct.unpack(f"{_order(data)}I", data[4:8])[0]
    return place


def _directory(data: _Bytes, place: int) -> _Directory:
    order = _order(data)
    (count,) = struct.unpack_from(f"{order}H", data, place)
    tags = {}
    for at in range(place + 2, place + 2 + count * _ENTRY, _ENTRY):
        code, kind, values = struct.unpack_from(f"{order}HHI", data, at)
        length = values * _BYTES.get(kind, 1)
        where = at + 8 if length <= 4 else struct.unpack_from(f"{order}I", data, at + 8)[0]  # noqa: PLR2004
        if kind in _BYTES:
            tags[code] = (Tag(code, kind, bytes(data[where : where + length])), where)
    end = place + 2 + count * _ENTRY + 4
    (following,) = struct.unpack_from(f"{order}I", data, end - 4)
    return _Directory(tags, following, end)


def _ordered(tag: Tag, order: str) -> bytes:
    """Return a value in another byte order; ours are all written with the lowest byte first."""
    if order == "<" or tag.kind not in {_SHORT, _LONG, _RATIONAL}:
        return tag.value
    step = 2 if tag.kind == _SHORT else 4
    parts = (tag.value[at : at + step] for at in range(0, len(tag.value), step))
    return b"".join(part[::-1] for part in parts)


def _cleared(buffer: bytearray, place: int) -> _Directory:
    """Take the entries that may hold pictures out of a directory, and the way to the next one."""
    order = _order(buffer)
    old = _directory(buffer, place)
    end = old.end
    rows = [bytes(buffer[at : at + _ENTRY]) for at in range(place + 2, end - 4, _ENTRY)]
    for code in _DROPPED & set(old.tags):
        tag, at = old.tags[code]
        buffer[at : at + len(tag.value)] = bytes(len(tag.value))
    kept = [row for row in rows if struct.unpack(f"{order}H", row[:2])[0] not in _DROPPED]
    table = struct.pack(f"{order}H", len(kept)) + b"".join(kept)
    buffer[place:end] = table.ljust(end - place, b"\0")
    return old._replace(tags=_directory(buffer, place).tags)


def _overwrite(buffer: bytearray, directory: _Directory, code: int, number: int) -> None:
    if code in directory.tags:
        tag, at = directory.tags[code]
        struct.pack_into(_order(buffer) + ("H" if tag.kind == _SHORT else "I"), buffer, at, number)


def _blank_thumbnail(buffer: bytearray, place: int) -> None:
    """Overwrite the second directory, which describes a preview, and the preview."""
    order = _order(buffer)
    directory = _directory(buffer, place)
    numbers = [
        struct.unpack(f"{order}I", directory.tags[code][0].value)[0]
        for code in (_THUMBNAIL, _THUMBNAIL_BYTES)
        if code in directory.tags
    ]
    if len(numbers) == 2:  # noqa: PLR2004 - where it stands and how long it is
        start, length = numbers
        end = min(len(buffer), start + length)
        buffer[start:end] = bytes(max(0, end - start))
    buffer[place : directory.end] = bytes(directory.end - place)
