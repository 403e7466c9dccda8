"""Small files that would grow: in pixels, in text, in frames, or in depth."""

from __future__ import annotations

import gzip
import struct
import zlib
from dataclasses import dataclass
from functools import cache
from itertools import chain, product
from typing import TYPE_CHECKING

from fuzz.inputs.seeds import seeds
from tests.pictures import encoded, noise

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Bomb:
    """A file, and whether it must be refused from its header alone."""

    name: str
    data: bytes
    refused: bool = False


def bombs() -> Iterator[Bomb]:
    """Make all of them, one at a time: 200 and some more."""
    makers = (_pngs, _jpegs, _gifs, _webps, _avifs, _tiffs, _svgs, _texts, _floods, _nested)
    for number, bomb in enumerate(chain.from_iterable(make() for make in makers)):
        yield bomb
        if number % 3 == 0:
            yield Bomb(f"{bomb.name}, cut", bomb.data[: len(bomb.data) // 2])


def _seed(name: str) -> bytes:
    return next(seed.data for seed in seeds() if seed.name == name)


def _put(data: bytes, at: int, form: str, *values: int) -> bytes:
    changed = bytearray(data)
    struct.pack_into(form, changed, at, *values)
    return bytes(changed)


# --- pixels ------------------------------------------------------------------------------

_SIDES = ((20_000, 20_000), (65_500, 65_500), (2**31 - 1, 1), (1, 2**31 - 1), (2**24, 2**24))


@cache
def deflated(unit: bytes, times: int) -> bytes:
    """Return zlib's stream of a unit repeated, without holding what it stands for."""
    packer, many = zlib.compressobj(9), max(1, (1 << 16) // len(unit))
    body = b"".join(packer.compress(unit * many) for _ in range(times // many))
    return body + packer.compress(unit * (times % many)) + packer.flush()


def chunk(name: bytes, body: bytes) -> bytes:
    """Return a chunk of a PNG."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(width: int, height: int, body: bytes, *, depth: int = 8, colour: int = 2) -> bytes:
    """Return a PNG with a size and packed rows."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return _PNG + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


_PNG = b"\x89PNG\r\n\x1a\n"


def _pngs() -> Iterator[Bomb]:
    for (width, height), (depth, colour) in product(_SIDES, ((1, 0), (8, 2), (16, 6))):
        data = png(width, height, zlib.compress(bytes(64)), depth=depth, colour=colour)
        yield Bomb(f"PNG of {width}x{height}, {depth} bit", data, refused=True)
    rows = deflated(bytes(1 + 20_000 // 8), 20_000)
    yield Bomb(
        "PNG of 400 real megapixels", png(20_000, 20_000, rows, depth=1, colour=0), refused=True
    )
    yield Bomb("PNG with rows for a wider one", png(10, 10, deflated(bytes(1000), 100_000)))
    tall = png(64, 60_000, zlib.compress(bytes(1000)), depth=8)
    yield Bomb("PNG that is tall and cut", tall)
    yield Bomb("PNG of one real row of 65500", png(65_500, 1, zlib.compress(bytes(196_501))))
    yield Bomb("PNG of no size", png(0, 0, zlib.compress(b"\0")))


def _jpegs() -> Iterator[Bomb]:
    for name, mark in (("JPEG photograph", b"\xff\xc0"), ("JPEG progressive", b"\xff\xc2")):
        data = _seed(name)
        at = data.index(mark) + 5
        for sides in ((65_500, 65_500), (65_535, 65_535), (20_000, 20_000), (9_000, 9_000)):
            refused = sides[0] * sides[1] > 100e6
            yield Bomb(f"{name} of {sides[0]}x{sides[1]}", _put(data, at, ">HH", *sides), refused)
        yield Bomb(f"{name} without a height", _put(data, at, ">H", 0))
        first = data.index(b"\xff\xda")
        scans = data[first:-2]
        yield Bomb(f"{name} of 2000 scans", data[:first] + scans * 2000 + data[-2:])
        large = _put(data, at, ">HH", 4_000, 4_000)
        yield Bomb(f"{name} of 500 scans, 16 MP", large[:first] + scans * 500 + data[-2:])


def _gifs() -> Iterator[Bomb]:
    data = _seed("GIF")
    frame = data.index(b"\x2c")
    for side in (65_535, 20_000):
        yield Bomb(f"GIF with a canvas of {side}", _put(data, 6, "<HH", side, side))
        both = _put(_put(data, 6, "<HH", side, side), frame + 5, "<HH", side, side)
        yield Bomb(f"GIF of {side}x{side}", both, refused=True)
    yield Bomb("GIF with a frame beyond its canvas", _put(data, frame + 1, "<HHHH", *[65_535] * 4))
    for frames in (400, 20_000, 100_000):
        yield Bomb(f"GIF of {frames} frames", data[:frame] + data[frame:-1] * frames + b";")
    grown = _put(data, 6, "<HH", 3_000, 3_000)
    yield Bomb("GIF of 250 frames on 9 MP", grown[:frame] + data[frame:-1] * 250 + b";")


def _webps() -> Iterator[Bomb]:
    lossless, lossy = _seed("WEBP lossless"), _seed("WEBP lossy")
    at = lossless.index(b"VP8L") + 9
    yield Bomb("WEBP lossless of 16383", _put(lossless, at, "<I", 0x0FFF_FFFF), refused=True)
    at = lossy.index(b"\x9d\x01\x2a") + 3
    for side in (16_383, 12_000, 5_000):
        data = _put(lossy, at, "<HH", side, side)
        yield Bomb(f"WEBP lossy of {side}", data, refused=side > 10_000)
    moving = _seed("WEBP animated")
    at = moving.index(b"VP8X") + 12
    for side in (16_777_215, 20_000):
        wide = side - 1
        canvas = wide.to_bytes(3, "little") * 2
        data = moving[:at] + canvas + moving[at + 6 :]
        yield Bomb(f"WEBP animated, canvas of {side}", data)
    frame = moving.index(b"ANMF")
    for frames in (400, 20_000):
        body = moving[12:frame] + moving[frame:] * frames
        yield Bomb(f"WEBP of {frames} times 4 frames", _riff(body))


def _riff(body: bytes) -> bytes:
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def _avifs() -> Iterator[Bomb]:
    for name in ("AVIF", "AVIF with alpha", "AVIF of 10 bits"):
        data = _seed(name)
        at = data.index(b"ispe") + 8
        for sides in ((16_384, 16_384), (65_500, 65_500), (2**31, 2**31), (9_999, 9_999), (0, 0)):
            refused = 100e6 < sides[0] * sides[1] < 2**60
            yield Bomb(f"{name} of {sides[0]}", _put(data, at, ">II", *sides), refused)
    data = _seed("AVIF")
    boxes = b"".join(struct.pack(">I", 8) + b"free" for _ in range(200_000))
    yield Bomb("AVIF of 200000 boxes", data + boxes)
    deep = b""
    for _ in range(3_000):
        deep = struct.pack(">I4sI", len(deep) + 12, b"meta", 0) + deep
    yield Bomb("AVIF of 3000 boxes in each other", data[:28] + deep + data[28:])
    yield Bomb("AVIF with a box of 4 GB", _put(data, len(data) - 8, ">I", 0xFFFF_FFFF))


def tiff(entries: list[tuple[int, int, int, int]], tail: bytes = b"", following: int = 0) -> bytes:
    """Return a TIFF of one directory; `tail` stands after it."""
    directory = struct.pack("<H", len(entries))
    directory += b"".join(struct.pack("<HHII", *entry) for entry in sorted(entries))
    return b"II*\0" + struct.pack("<I", 8) + directory + struct.pack("<I", following) + tail


def _entries(width: int, height: int, **more: int) -> list[tuple[int, int, int, int]]:
    said = {
        "bits": 8, "compression": 1, "photometric": 1, "strip": 8, "samples": 1,
        "rows": height, "bytes": 64, **more,
    }  # fmt: skip
    tags = {
        "bits": 258, "compression": 259, "photometric": 262, "strip": 273, "samples": 277,
        "rows": 278, "bytes": 279,
    }  # fmt: skip
    return [(256, 4, 1, width), (257, 4, 1, height)] + [
        (tags[name], 4, 1, value % 2**32) for name, value in said.items()
    ]


def _tiffs() -> Iterator[Bomb]:
    for (width, height), compression in product(_SIDES, (1, 5, 8, 32_773)):
        data = tiff(_entries(width, height, compression=compression), bytes(64))
        yield Bomb(f"TIFF of {width}x{height}, compression {compression}", data, refused=True)
    yield Bomb("TIFF of 4 billion bands", tiff(_entries(10, 10, samples=2**32 - 1)))
    yield Bomb("TIFF of 65535 bands", tiff(_entries(1000, 1000, samples=65_535)))
    yield Bomb("TIFF of one-row strips", tiff(_entries(100, 60_000, rows=1)))
    yield Bomb("TIFF whose directory follows itself", tiff(_entries(10, 10), bytes(64), 8))
    entries = [*_entries(10, 10), (330, 4, 1, 8), (34_665, 4, 1, 8)]
    yield Bomb("TIFF whose directory holds itself", tiff(entries, bytes(64)))
    for pages in (400, 20_000, 100_000):
        yield Bomb(f"TIFF of {pages} pages", _paged(pages))
    million = [*_entries(10, 10), (700, 1, 2**31 - 1, 8), (34_675, 7, 2**32 - 1, 8)]
    yield Bomb("TIFF with a profile of 4 GB", tiff(million, bytes(64)))
    packed = deflated(bytes(1 << 16), 4_096)  # 256 MB
    odd = tiff(_entries(100, 100, compression=8, strip=126, bytes=len(packed)), packed)
    yield Bomb("TIFF of 256 MB in a strip of 10 KB", odd)


def _paged(pages: int) -> bytes:
    single = tiff(_entries(2, 2, strip=8, bytes=4))[8:]
    out = bytearray(b"II*\0\x08\0\0\0")
    for number in range(pages):
        following = 8 + len(single) * (number + 1) if number + 1 < pages else 0
        out += single[:-4] + struct.pack("<I", following)
    return bytes(out)


# --- drawings ----------------------------------------------------------------------------

_SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'


def _svg(body: str, sides: str = 'width="40" height="30"', head: str = "") -> bytes:
    return f"{head}{_SVG} {sides}>{body}</svg>".encode()


def _svgs() -> Iterator[Bomb]:
    laughs = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    yield Bomb("SVG of laughs", _svg(
        "<text>&e11;</text>", head=f'<!DOCTYPE svg [<!ENTITY e0 "ha">{laughs}]>'
    ))  # fmt: skip
    for target in ("file:///etc/passwd", "http://127.0.0.1/"):
        head = f'<!DOCTYPE svg [<!ENTITY x SYSTEM "{target}">]>'
        yield Bomb(f"SVG with an entity at {target[:5]}", _svg("<text y='9'>&x;</text>", head=head))
        image = f'<image xlink:href="{target}" width="9" height="9"/>'
        yield Bomb(f"SVG with an image at {target[:5]}", _svg(image))
        yield Bomb(f"SVG with styles at {target[:5]}", _svg(f"<style>@import '{target}';</style>"))
    uses = "".join(f'<g id="g{n}">{f"""<use href="#g{n - 1}"/>""" * 10}</g>' for n in range(1, 12))
    yield Bomb("SVG of uses", _svg(f'<rect id="g0" width="1" height="1"/>{uses}'))
    for kind, body in (
        ("groups", "<g>" * 100_000 + "</g>" * 100_000),
        ("paths", '<path d="M0 0' + "L9 9C1 2 3 4 5 6" * 60_000 + '"/>'),
        ("elements", '<rect width="9" height="9" opacity=".5"/>' * 25_000),
        ("texts", "<text>" + "words " * 150_000 + "</text>"),
    ):
        yield Bomb(f"SVG of many {kind}", _svg(body))
    for count in (20, 600):
        steps = '<feGaussianBlur stdDeviation="50"/><feTurbulence numOctaves="9"/>' * count
        drawn = f'<filter id="f">{steps}</filter><rect width="900" height="900" filter="url(#f)"/>'
        yield Bomb(f"SVG of {count} filters", _svg(drawn, 'width="900" height="900"'))
    dashes = '<path d="M0 0H1e6" stroke="red" stroke-dasharray="0.0001"/>'
    yield Bomb("SVG of dashes", _svg(dashes))
    pattern = (
        '<pattern id="p" width=".001" height=".001"><rect fill="url(#p)" width="9"/></pattern>'
    )
    yield Bomb("SVG of patterns", _svg(f'{pattern}<rect fill="url(#p)" width="40" height="30"/>'))
    for side in (30_000, 1_000_000, 2**31):
        yield Bomb(f"SVG of {side}", _svg("", f'width="{side}" height="{side}"'), refused=True)
    for sides in ('width="-1" height="9"', 'width="1e38" height="1"', 'viewBox="0 0 1e9 1e-9"'):
        yield Bomb(f"SVG of {sides}", _svg("", sides))
    for megabytes in (1, 100):
        unpacked = _svg("<!--" + "words " * (megabytes * 170_000) + "-->")
        yield Bomb(f"SVG packed, {megabytes} MB", gzip.compress(unpacked))


# --- texts and floods --------------------------------------------------------------------


def _texts() -> Iterator[Bomb]:
    data = _seed("PNG palette")
    after = data.index(b"IDAT") - 4
    for name, head in (
        (b"zTXt", b"k\0\0"), (b"iTXt", b"k\0\1\0\0\0"), (b"iCCP", b"k\0\0"), (b"eXIf", b""),
    ):  # fmt: skip
        for megabytes in (4, 256):
            body = head + deflated(bytes(1 << 16), megabytes * 16)
            piece = chunk(name, body)
            bomb = data[:after] + piece + data[after:]
            yield Bomb(f"PNG with {name.decode()} of {megabytes} MB", bomb)
    for name in (b"tEXt", b"sPLT", b"prVt", b"IDAT"):
        many = chunk(name, b"k\0v") * 100_000
        yield Bomb(f"PNG of 100000 {name.decode()}", data[:after] + many + data[after:])
    frames = _seed("PNG animated")
    first = frames.index(b"fcTL") - 4
    flood = frames[first : first + 38] * 100_000
    yield Bomb("PNG of 100000 fcTL", frames[:first] + flood + frames[first:])


def _floods() -> Iterator[Bomb]:
    photo, segment = _seed("JPEG photograph"), b"\xff\xff"
    for marker in (0xE0, 0xE1, 0xE2, 0xED, 0xFE, 0xDB, 0xC4, 0xDD):
        body = b"Exif\0\0" if marker == 0xE1 else b"ICC_PROFILE\0\1\xff" if marker == 0xE2 else b""
        segment = bytes([0xFF, marker]) + struct.pack(">H", 65_535) + body.ljust(65_533, b"A")
        data = photo[:2] + segment * 200 + photo[2:]
        yield Bomb(f"JPEG of 200 segments {marker:02X}", data)
    exif = b"Exif\0\0" + tiff([(34_665, 4, 1, 8)] * 5_000, b"", 8)
    segment = b"\xff\xe1" + struct.pack(">H", min(65_535, len(exif) + 2)) + exif[:65_533]
    yield Bomb("JPEG with EXIF that follows itself", photo[:2] + segment * 50 + photo[2:])
    yield Bomb("JPEG after 10 MB of fill", photo[:2] + b"\xff" * 10_000_000 + photo[2:])
    yield Bomb("JPEG before 10 MB of nothing", photo + bytes(10_000_000))
    gif = _seed("GIF")
    frame = gif.index(b"\x2c")
    comment = b"\x21\xfe" + (b"\xff" + b"A" * 255) * 20_000 + b"\0"
    yield Bomb("GIF with 5 MB of comment", gif[:frame] + comment + gif[frame:])
    yield Bomb("GIF of 500000 empty blocks", gif[:frame] + b"\x21\xf9\0" * 500_000 + gif[frame:])
    lossy = _seed("WEBP with alpha")
    for name in (b"EXIF", b"XMP ", b"ICCP", b"JUNK"):
        piece = name + struct.pack("<I", 5_000_000) + bytes(5_000_000)
        yield Bomb(f"WEBP with 5 MB of {name.decode().strip()}", _riff(lossy[12:] + piece))


def _nested() -> Iterator[Bomb]:
    """Make files inside of other files, which content alone decides about."""
    covers = (b"GIF89a", b"\xff\xd8\xff", _PNG, b"II*\0", b"<svg>", b"%PDF-1.7\n", b"BM", b"\0" * 9)
    inner, bomb = encoded(noise((9, 9))), next(_pngs())
    for cover in covers:
        yield Bomb(f"{cover[:4]!r} before a PNG", cover + inner)
        yield Bomb(f"{cover[:4]!r} before a bomb", cover + bomb.data)
        yield Bomb(f"{cover[:4]!r} after a PNG", inner + cover)
    for name in ("#!/bin/sh\n", "%!PS-Adobe\n", "<html><img src=x>", "push graphic-context\n"):
        yield Bomb(f"text {name[:5]!r}", name.encode() * 100)
    for width in (0, 1, 5):
        yield Bomb(f"{width} bytes", bytes(width))
    yield Bomb("10 MB of zeros", bytes(10_000_000))
