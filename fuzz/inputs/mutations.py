"""Broken files: proper ones with bytes, numbers and parts changed."""

from __future__ import annotations

import contextlib
import re
import struct
import zlib
from typing import TYPE_CHECKING

from fuzz.inputs.anatomy import parts
from fuzz.inputs.seeds import Seed, seeds

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    Change = Callable[[str, bytearray, random.Random], None]

_NUMBERS = (
    0, 1, 2, 3, 7, 8, 0x10, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 1 << 18,
    1 << 24, 1 << 26, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF,
)  # fmt: skip
_PNG_MARK = 8


def mutated(seed: Seed, rng: random.Random) -> bytes:
    """Return a broken version of a file."""
    changes = _TEXT_CHANGES if seed.kind == "SVG" else _CHANGES
    data = bytearray(seed.data)
    for _ in range(rng.choice((1, 1, 1, 2, 3, 6))):
        rng.choice(changes)(seed.kind, data, rng)
    # Without proper checksums nothing behind them would ever be reached.
    return _checked(bytes(data)) if seed.kind == "PNG" and rng.random() < 0.9 else bytes(data)


def _flip(_: str, data: bytearray, rng: random.Random) -> None:
    for _ in range(rng.choice((1, 1, 2, 8, 40))):
        if data:
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)


def _overwrite(_: str, data: bytearray, rng: random.Random) -> None:
    at = rng.randrange(len(data) + 1)
    data[at : at + rng.choice((1, 2, 4, 16, 64))] = rng.randbytes(rng.choice((1, 2, 4, 16, 64)))


def _fill(_: str, data: bytearray, rng: random.Random) -> None:
    at, length = rng.randrange(len(data) + 1), rng.choice((2, 8, 100, 1000))
    length = min(length, len(data) - at)
    data[at : at + length] = bytes([rng.choice((0, 0xFF, 0x80, rng.randrange(256)))]) * length


def _cut(_: str, data: bytearray, rng: random.Random) -> None:
    del data[rng.randrange(len(data) + 1) :]


def _cut_out(_: str, data: bytearray, rng: random.Random) -> None:
    at = rng.randrange(len(data) + 1)
    del data[at : at + rng.choice((1, 3, 20, 200))]


def _repeat(_: str, data: bytearray, rng: random.Random) -> None:
    at, length = rng.randrange(len(data) + 1), rng.choice((1, 10, 300))
    data[at:at] = data[at : at + length] * rng.choice((1, 2, 30))


def _splice(_: str, data: bytearray, rng: random.Random) -> None:
    other = rng.choice(seeds()).data
    at, begin = rng.randrange(len(data) + 1), rng.randrange(len(other))
    data[at:] = other[begin:]


def _lie(kind: str, data: bytearray, rng: random.Random) -> None:
    """Change a length, a side, a count or an offset."""
    found = parts(kind, data)
    if not found:
        return
    numbers = rng.choice(found).numbers
    at, form = rng.choice(numbers)
    with contextlib.suppress(struct.error):
        (before,) = struct.unpack_from(form, data, at)
        near = (before + 1, before - 1, before * 2, before // 2, len(data), at)
        value = rng.choice(_NUMBERS if rng.random() < 0.7 else near)
        struct.pack_into(form, data, at, value % (1 << 8 * struct.calcsize(form)))


def _move_part(kind: str, data: bytearray, rng: random.Random) -> None:
    """Take a part out, twice in, or elsewhere."""
    found = parts(kind, data)
    if not found:
        return
    part, other = rng.choice(found), rng.choice(found)
    piece = bytes(data[part.start : part.end])
    how = rng.randrange(3)
    if how == 0:
        del data[part.start : part.end]
    elif how == 1:
        data[part.start : part.start] = piece * rng.choice((1, 1, 50))
    else:
        data[other.start : other.start] = piece


def _foreign_part(kind: str, data: bytearray, rng: random.Random) -> None:
    """Put in a part of another file of the same format."""
    other = rng.choice([seed for seed in seeds() if seed.kind == kind])
    ours, theirs = parts(kind, data), parts(kind, other.data)
    if ours and theirs:
        at, part = rng.choice(ours).start, rng.choice(theirs)
        data[at:at] = other.data[part.start : part.end]


def _repack(kind: str, data: bytearray, rng: random.Random) -> None:
    """Change the pixels of a PNG beneath their compression."""
    found = [part for part in parts(kind, data) if data[part.start + 4 : part.start + 8] == b"IDAT"]
    if kind != "PNG" or not found:
        return
    first, last = found[0], found[-1]
    with contextlib.suppress(zlib.error):
        rows = bytearray(zlib.decompress(data[first.start + 8 : last.end - 4]))
        rng.choice((_flip, _overwrite, _fill, _cut, _repeat))(kind, rows, rng)
        data[first.start : last.end] = _chunk(b"IDAT", zlib.compress(bytes(rows), 1))


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _checked(data: bytes) -> bytes:
    """Return a PNG whose checksums are right."""
    whole = bytearray(data)
    for part in parts("PNG", data):
        if part.end - part.start >= 12:
            checksum = zlib.crc32(data[part.start + 4 : part.end - 4])
            struct.pack_into(">I", whole, part.end - 4, checksum)
    return bytes(whole)


def _other_number(_: str, data: bytearray, rng: random.Random) -> None:
    found = list(re.finditer(rb"\d+(\.\d+)?", data))
    if found:
        match = rng.choice(found)
        values = (b"0", b"-1", b"1e9", b"1e38", b"99999", b"0.0000001", b"NaN", b"100%")
        data[match.start() : match.end()] = rng.choice(values)


def _again_element(_: str, data: bytearray, rng: random.Random) -> None:
    found = list(re.finditer(rb"<[^<>]*>", data))
    if found:
        match, place = rng.choice(found), rng.choice(found)
        data[place.start() : place.start()] = match[0] * rng.choice((1, 3, 300))


def _hostile_attribute(_: str, data: bytearray, rng: random.Random) -> None:
    attributes = (
        b' href="file:///etc/passwd"', b' filter="url(#f)"', b' href="#s"', b' mask="url(#s)"',
        b' transform="scale(1e30)"', b' style="fill:url(http://127.0.0.1/)"', b' viewBox="0 0 0 0"',
        b' stroke-dasharray="0.0001"', b' font-size="1e6"', b' stdDeviation="1e5"',
    )  # fmt: skip
    found = list(re.finditer(rb"<\w+", data))
    if found:
        end = rng.choice(found).end()
        data[end:end] = rng.choice(attributes)


_CHANGES: tuple[Change, ...] = (
    _flip, _overwrite, _fill, _cut, _cut_out, _repeat, _splice,
    _lie, _lie, _lie, _lie, _move_part, _move_part, _foreign_part, _repack,
)  # fmt: skip
_TEXT_CHANGES: tuple[Change, ...] = (
    _flip, _overwrite, _cut, _cut_out, _repeat,
    _other_number, _other_number, _again_element, _hostile_attribute, _hostile_attribute,
)  # fmt: skip
