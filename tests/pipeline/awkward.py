"""Files that image programs stumble over, each showing the same four quarters."""

from __future__ import annotations

import struct
import zlib
from functools import cache
from typing import Any

import numpy as np
import pyvips
from PIL import Image, ImageCms

from tests.pictures import encoded, levels, quarters

RED, GREEN, BLUE, YELLOW = (255, 0, 0), (0, 128, 0), (0, 0, 255), (255, 255, 0)
"""The quarters: upper left, upper right, lower left, lower right."""


def vips(image: Image.Image | None = None) -> pyvips.Image:
    """Return the quarters as libvips' picture."""
    return pyvips.Image.new_from_array(
        levels(image or quarters()).astype(np.uint8), interpretation="srgb"
    )


def _tagged(profile: str) -> bytes:
    return bytes(vips().icc_transform(profile).pngsave_buffer(profile=profile))


def _deep(bands: int) -> bytes:
    wide = vips().cast("ushort") * 257
    image = wide.cast("ushort").copy(interpretation="rgb16")
    if bands == 4:
        image = image.bandjoin(65_535)
    return bytes(image.pngsave_buffer(bitdepth=16))


def _float_tiff(space: str) -> bytes:
    return bytes(vips().colourspace(space).tiffsave_buffer())


def srgb_profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


@cache
def coloured() -> dict[str, bytes]:
    """Return the files in colour, by what is awkward about each."""
    clear = quarters("RGBA")
    palette = quarters().quantize(4)
    return {
        "PNG RGBA": encoded(clear),
        "PNG palette": encoded(palette),
        "PNG palette with transparency": encoded(palette, transparency=bytes([255] * 4)),
        "PNG 16 bit": _deep(3),
        "PNG 16 bit with alpha": _deep(4),
        "PNG interlaced": bytes(vips().pngsave_buffer(interlace=True)),
        "PNG sRGB profile": encoded(quarters(), icc_profile=srgb_profile()),
        "PNG broken profile": encoded(quarters(), icc_profile=b"no profile at all" * 20),
        "PNG Display P3": _tagged("p3"),
        "JPEG progressive": encoded(quarters(), "JPEG", quality=95, progressive=True),
        "JPEG 4:4:4": encoded(quarters(), "JPEG", quality=95, subsampling=0),
        "WEBP lossless": encoded(quarters(), "WEBP", lossless=True),
        "GIF": encoded(palette, "GIF"),
        "TIFF": encoded(quarters(), "TIFF"),
        "TIFF big-endian LZW": encoded(quarters(), "TIFF", compression="tiff_lzw"),
        "TIFF LAB": _float_tiff("lab"),
        "TIFF float scRGB": _float_tiff("scrgb"),
        "TIFF of pages": encoded(
            quarters(), "TIFF", save_all=True, append_images=[Image.new("RGB", (64, 48))]
        ),
        "AVIF": bytes(vips().heifsave_buffer(compression="av1", Q=95, subsample_mode="off")),
    }


@cache
def grey() -> dict[str, bytes]:
    """Return the grey files: dark above, light below."""
    image = Image.new("L", (64, 48), 40)
    image.paste(200, (0, 24, 64, 48))
    deep = Image.fromarray(np.asarray(image).astype(np.uint16) * 257)
    return {
        "PNG grey": encoded(image),
        "PNG grey with alpha": encoded(image.convert("LA")),
        "PNG grey, 16 bit": encoded(deep),
        "JPEG grey": encoded(image, "JPEG", quality=95),
        "TIFF grey": encoded(image, "TIFF"),
    }


def oriented(orientation: int, file_format: str = "JPEG") -> bytes:
    """Return a file that shows the quarters upright once its EXIF is obeyed."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    undo = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]
    image = quarters() if undo is None else quarters().transpose(undo)
    return encoded(image, file_format, exif=exif, quality=95)


def animation(file_format: str, **options: Any) -> bytes:
    """Return four frames of their own colours, shown for 50, 100, 150 and 200 milliseconds."""
    frames = [Image.new("RGB", (64, 48), colour) for colour in (RED, GREEN, BLUE, YELLOW)]
    delays = [50, 100, 150, 200]
    return encoded(
        frames[0], file_format, save_all=True, append_images=frames[1:], duration=delays, **options
    )


def png_header(width: int, height: int) -> bytes:
    """Return a PNG that claims a size and holds next to nothing."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    rest = chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + header + rest
