"""Small files of every format, from which the broken ones are made."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pyvips
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tests.pictures import encoded, noise, photograph, quarters
from tests.pipeline import awkward


@dataclass(frozen=True, slots=True)
class Seed:
    """A proper file."""

    kind: str
    """PNG, JPEG, WEBP, GIF, AVIF, TIFF or SVG."""
    name: str
    data: bytes

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        if self.kind == "SVG" or (self.kind in _NOISY and self.name.endswith("alpha")):
            return 40, 30
        return (48, 40) if self.name in _PHOTOGRAPHS else (64, 48)


_NOISY = {"WEBP", "AVIF"}
_PHOTOGRAPHS = {
    "PNG with everything", "JPEG photograph", "JPEG CMYK", "JPEG with restarts",
    "JPEG with EXIF and profile", "WEBP lossy", "GIF interlaced", "AVIF photograph",
    "AVIF lossless",
}  # fmt: skip


@cache
def seeds() -> tuple[Seed, ...]:
    """Return all of them."""
    files = {**awkward.coloured(), **awkward.grey(), **_more(), **_tiffs(), **_drawings()}
    return tuple(Seed(name.split()[0], name, data) for name, data in files.items())


def _more() -> dict[str, bytes]:
    photo = photograph(size=(48, 40))
    exif = Image.Exif()
    exif[0x010E] = "a description"
    return {
        "PNG one bit": encoded(quarters("1")),
        "PNG with everything": encoded(
            photo, pnginfo=_texts(), dpi=(72, 72), icc_profile=awkward.srgb_profile(), exif=exif
        ),
        "PNG animated": awkward.animation("PNG"),
        "JPEG photograph": encoded(photo, "JPEG", quality=90),
        "JPEG CMYK": encoded(photo.convert("CMYK"), "JPEG"),
        "JPEG with restarts": encoded(photo, "JPEG", restart_marker_rows=1),
        "JPEG with EXIF and profile": encoded(
            photo, "JPEG", exif=exif, icc_profile=awkward.srgb_profile(), comment=b"a comment"
        ),
        "WEBP lossy": encoded(photo, "WEBP", quality=60),
        "WEBP with alpha": encoded(noise((40, 30), bands=4), "WEBP", quality=50, exif=exif),
        "WEBP animated": awkward.animation("WEBP"),
        "GIF interlaced": encoded(photo.quantize(16), "GIF", interlace=1),
        "GIF animated": awkward.animation("GIF", loop=0, disposal=2),
        "AVIF photograph": _heif(photo, Q=50),
        "AVIF with alpha": _heif(noise((40, 30), bands=4), Q=70),
        "AVIF lossless": _heif(photo, lossless=True),
        "AVIF of 10 bits": bytes(
            ((awkward.vips().cast("ushort") * 257).cast("ushort").copy(interpretation="rgb16"))
            .heifsave_buffer(compression="av1", bitdepth=10, effort=0)
        ),
    }  # fmt: skip


def _texts() -> PngInfo:
    texts = PngInfo()
    texts.add_text("Comment", "words " * 20)
    texts.add_text("Packed", "words " * 200, zip=True)
    texts.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta xmlns:x='adobe:ns:meta/'/>")
    return texts


def _heif(image: Image.Image, **options: object) -> bytes:
    vips = pyvips.Image.new_from_array(np.asarray(image), interpretation="srgb")
    return bytes(vips.heifsave_buffer(compression="av1", effort=0, **options))


def _tiffs() -> dict[str, bytes]:
    image = awkward.vips()
    one = image.colourspace("b-w")
    return {
        "TIFF deflate, predictor": bytes(
            image.tiffsave_buffer(compression="deflate", predictor="horizontal")
        ),
        "TIFF packbits": bytes(image.tiffsave_buffer(compression="packbits")),
        "TIFF of JPEG tiles": bytes(
            image.tiffsave_buffer(compression="jpeg", tile=True, tile_width=16, tile_height=16)
        ),
        "TIFF pyramid": bytes(
            image.tiffsave_buffer(tile=True, tile_width=16, tile_height=16, pyramid=True)
        ),
        "TIFF fax": bytes(one.tiffsave_buffer(compression="ccittfax4", bitdepth=1)),
        "TIFF big": bytes(image.tiffsave_buffer(bigtiff=True)),
        "TIFF float": bytes((one / 255).cast("float").tiffsave_buffer()),
        "TIFF CMYK": encoded(quarters("CMYK"), "TIFF"),
        "TIFF palette": encoded(quarters("P"), "TIFF"),
    }


def _drawings() -> dict[str, bytes]:
    head = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30">'
    bodies = {
        "shapes": '<g transform="rotate(10)"><rect width="20" height="9" fill="#f80"/></g>'
        '<circle cx="20" cy="15" r="8"/><path d="M0 0L9 9C1 2 3 4 5 6Z" stroke="red"/>',
        "gradients": '<defs><linearGradient id="g"><stop offset="0"/><stop offset="1" '
        'stop-color="blue"/></linearGradient><filter id="f"><feGaussianBlur stdDeviation="2"/>'
        '</filter></defs><rect width="30" height="20" fill="url(#g)" filter="url(#f)"/>',
        "text": '<text x="2" y="20" font-size="9">words <tspan dy="3">more</tspan></text>'
        '<symbol id="s"><rect width="4" height="4"/></symbol><use href="#s" x="9"/>',
    }
    return {f"SVG {name}": f"{head}{body}</svg>".encode() for name, body in bodies.items()}
