"""Odd but valid pictures, which must come out right or be refused with a reason."""

from __future__ import annotations

import struct
import zlib
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pyvips
from PIL import Image

from fuzz.inputs.bombs import chunk, png
from fuzz.inputs.seeds import seeds
from tests.pictures import encoded, gradient, noise, quarters
from tests.pipeline import awkward

if TYPE_CHECKING:
    from collections.abc import Iterator

Odd = tuple[str, bytes, tuple[int, int]]
"""What is odd, the file, and its width and height upright."""


def oddities() -> Iterator[Odd]:
    """Make all of them: 100 and some more."""
    for seed in seeds():
        yield f"seed {seed.name}", seed.data, seed.size
    yield from _oriented()
    yield from _extreme()
    yield from _deep()
    yield from _packed()
    yield from _tails()


def _oriented() -> Iterator[Odd]:
    for orientation, kind in product(range(1, 9), ("JPEG", "WEBP", "PNG", "TIFF")):
        data = awkward.oriented(orientation, kind)
        yield f"{kind} turned by EXIF {orientation}", data, (64, 48)
    for orientation in (0, 9, 65_535):
        exif = Image.Exif()
        exif[0x0112] = orientation
        yield f"JPEG with EXIF {orientation}", encoded(quarters(), "JPEG", exif=exif), (64, 48)


def _extreme() -> Iterator[Odd]:
    for width, height in ((1, 1), (1, 2_000), (2_000, 1), (3, 7), (1_023, 1)):
        for kind in ("PNG", "JPEG", "WEBP", "GIF", "TIFF"):
            picture = gradient((width, height))
            picture = picture.quantize(16) if kind == "GIF" else picture
            yield f"{kind} of {width}x{height}", encoded(picture, kind), (width, height)
    for side in (1, 15, 17):
        data = bytes(
            pyvips.Image.black(side, side, bands=3)
            .copy(interpretation="srgb")
            .heifsave_buffer(compression="av1", effort=0)
        )
        yield f"AVIF of {side}x{side}", data, (side, side)


def _deep() -> Iterator[Odd]:
    levels = np.linspace(-3, 3, 64 * 48, dtype=np.float32).reshape(48, 64)
    for name, odd in (("NaN", np.nan), ("infinity", np.inf), ("minus infinity", -np.inf)):
        values = levels.copy()
        values[::7, ::5] = odd
        data = bytes(pyvips.Image.new_from_array(values).tiffsave_buffer())
        yield f"TIFF with {name}", data, (64, 48)
    for bands, form in product((1, 2, 3, 4, 5), ("uchar", "ushort", "float")):
        image = pyvips.Image.black(64, 48, bands=bands).cast(form)
        yield f"TIFF of {bands} bands, {form}", bytes(image.tiffsave_buffer()), (64, 48)
    for depth, colour in ((1, 0), (2, 0), (4, 0), (8, 0), (16, 0), (8, 2), (16, 2), (8, 4), (16, 4),
                          (8, 6), (16, 6)):  # fmt: skip
        bands = {0: 1, 2: 3, 4: 2, 6: 4}[colour]
        row = b"\x04" + bytes(-(-33 * depth * bands // 8))
        data = png(33, 5, zlib.compress(row * 5), depth=depth, colour=colour)
        yield f"PNG of colour type {colour}, {depth} bit", data, (33, 5)


def _packed() -> Iterator[Odd]:
    image = noise((33, 21))
    rows = b"".join(b"\0" + image.tobytes()[at : at + 99] for at in range(0, 33 * 63, 99))
    head = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 33, 21, 8, 2, 0, 0, 0))
    pieces = [zlib.compress(rows)[at : at + 1] for at in range(len(zlib.compress(rows)))]
    data = head + b"".join(chunk(b"IDAT", piece) for piece in pieces) + chunk(b"IEND", b"")
    yield "PNG whose data come byte by byte", data, (33, 21)
    empty = head + chunk(b"IDAT", b"") * 9 + chunk(b"IDAT", zlib.compress(rows, 0))
    yield "PNG with empty and stored data", empty + chunk(b"IEND", b""), (33, 21)
    for quality in (1, 100):
        yield f"JPEG of quality {quality}", encoded(image, "JPEG", quality=quality), (33, 21)
    for compression in ("tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg", "group4", "group3"):
        picture = image.convert("1") if compression.startswith("group") else image
        yield f"TIFF by {compression}", encoded(picture, "TIFF", compression=compression), (33, 21)


def _tails() -> Iterator[Odd]:
    for kind in ("PNG", "JPEG", "WEBP", "GIF"):
        data = encoded(quarters("P") if kind == "GIF" else quarters(), kind)
        yield f"{kind} with a tail", data + b"<?php tail ?>" * 99, (64, 48)
