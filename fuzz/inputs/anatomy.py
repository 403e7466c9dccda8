"""Where the parts of a file are, and the numbers in them that mean something."""

from __future__ import annotations

import contextlib
import struct
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Part(NamedTuple):
    """A piece of a file."""

    start: int
    end: int
    numbers: tuple[tuple[int, str], ...]
    """Places of numbers, with their `struct` formats."""


def parts(kind: str, data: bytes | bytearray) -> list[Part]:
    """Return the parts of a file as far as they can be told apart."""
    found: list[Part] = []
    walk = _WALKS.get(kind)
    if walk:
        with contextlib.suppress(struct.error, IndexError):
            found.extend(part for part in walk(bytes(data)) if part.start < part.end <= len(data))
    return found


def _png(data: bytes) -> Iterator[Part]:
    at = 8
    while at + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, at)
        body, end = at + 8, min(len(data), at + 12 + length)
        numbers = [(at, ">I"), (body, ">I")]
        if data[at + 4 : body] == b"IHDR":
            numbers += [(body + 4, ">I"), *((body + 8 + place, "B") for place in range(5))]
        yield Part(at, end, tuple(numbers))
        at = end


def _jpeg(data: bytes) -> Iterator[Part]:
    at = 2
    while at + 4 <= len(data):
        marker, (length,) = data[at + 1], struct.unpack_from(">H", data, at + 2)
        end = at + 2 + length
        numbers = [(at + 1, "B"), (at + 2, ">H"), (at + 4, "B")]
        if 0xC0 <= marker <= 0xCF:
            numbers += [(at + 5, ">H"), (at + 7, ">H"), (at + 9, "B"), (at + 11, "B")]
        if marker == 0xDA:
            numbers += [(end - 3, "B"), (end - 2, "B"), (end - 1, "B")]
            following = data.find(b"\xff\xc4", end)
            end = following if following > 0 else len(data)
        yield Part(at, end, tuple(numbers))
        at = end


def _webp(data: bytes) -> Iterator[Part]:
    yield Part(0, 12, ((4, "<I"),))
    at = 12
    while at + 8 <= len(data):
        (length,) = struct.unpack_from("<I", data, at + 4)
        end = min(len(data), at + 8 + length + length % 2)
        numbers = [(at + 4, "<I"), *((at + place, "<I") for place in (8, 9, 11, 12, 15, 20, 23))]
        numbers += [(at + 14, "<H"), (at + 16, "<H")]
        yield Part(at, end, tuple(number for number in numbers if number[0] + 4 <= end))
        at = end


def _gif(data: bytes) -> Iterator[Part]:
    table = 3 << (data[10] % 8 + 1) if data[10] & 0x80 else 0
    at = 13 + table
    yield Part(0, at, ((6, "<H"), (8, "<H"), (10, "B"), (11, "B")))
    while at < len(data):
        start, numbers = at, [(at, "B"), (at + 1, "B")]
        if data[at] == 0x2C:
            table = 3 << (data[at + 9] % 8 + 1) if data[at + 9] & 0x80 else 0
            numbers += [(at + place, "<H") for place in (1, 3, 5, 7)] + [(at + 9, "B")]
            at += 10 + table + 1
            numbers += [(at - 1, "B"), (at, "B")]
        else:
            at += 2
        while at < len(data) and data[at]:
            at += data[at] + 1
        at += 1
        yield Part(start, min(at, len(data)), tuple(numbers))


_BOXES = {b"meta": 4, b"iprp": 0, b"ipco": 0, b"iinf": 6, b"moov": 0, b"trak": 0, b"mdia": 0}


def _avif(data: bytes, at: int = 0, end: int | None = None) -> Iterator[Part]:
    end = len(data) if end is None else end
    while at + 8 <= end:
        (length,) = struct.unpack_from(">I", data, at)
        last = min(end, at + (length if length >= 8 else end - at))
        words = range(at + 8, min(last - 3, at + 48), 2)
        numbers = ((at, ">I"), *((word, ">I") for word in words), (min(last - 1, at + 12), "B"))
        yield Part(at, last, numbers)
        inside = _BOXES.get(data[at + 4 : at + 8])
        if inside is not None:
            yield from _avif(data, at + 8 + inside, last)
        at = last


def _tiff(data: bytes) -> Iterator[Part]:
    order = "<" if data[:2] == b"II" else ">"
    yield Part(0, 8, ((2, f"{order}H"), (4, f"{order}I")))
    (at,) = struct.unpack_from(f"{order}I", data, 4)
    seen = set()
    while at and at not in seen:
        seen.add(at)
        (count,) = struct.unpack_from(f"{order}H", data, at)
        for place in range(at + 2, at + 2 + 12 * min(count, 64), 12):
            fields = ((0, "H"), (2, "H"), (4, "I"), (8, "I"), (8, "H"))
            numbers = tuple((place + offset, f"{order}{kind}") for offset, kind in fields)
            yield Part(place, place + 12, numbers)
        following = at + 2 + 12 * count
        yield Part(following, following + 4, ((at, f"{order}H"), (following, f"{order}I")))
        (at,) = struct.unpack_from(f"{order}I", data, following)


_WALKS: dict[str, Callable[[bytes], Iterator[Part]]] = {
    "PNG": _png,
    "JPEG": _jpeg,
    "WEBP": _webp,
    "GIF": _gif,
    "AVIF": _avif,
    "TIFF": _tiff,
}
