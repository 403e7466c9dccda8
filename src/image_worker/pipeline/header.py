"""What a file says of itself, read without decoding a pixel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from image_worker.errors import (
    EmptyImageError,
    ImageTooLargeError,
    TooManyFramesError,
    UnsupportedFormatError,
)
from image_worker.fields import Size
from image_worker.formats.directories import check_exif
from image_worker.formats.reading import Reader, check_size, readers
from image_worker.picture import said

if TYPE_CHECKING:
    import pyvips

    from image_worker.limits import Limits

_HEAD_BYTES = 1024
_PROGRESSIVE_BYTES = 4
"""Bytes a pixel that libjpeg keeps of a progressive picture: all coefficients; measured 3 to 4."""
_SAMPLE_BYTES = {
    "uchar": 1, "char": 1, "ushort": 2, "short": 2, "uint": 4, "int": 4, "float": 4, "double": 8,
    "complex": 8, "dpcomplex": 16,
}  # fmt: skip
_SIDEWAYS = range(5, 9)
"""EXIF orientations that swap width and height."""


@dataclass(frozen=True, slots=True)
class Header:
    """The facts that limits and plans are made from."""

    reader: Reader
    stored: Size
    """Width and height of a frame as the file stores it."""
    pages: int
    orientation: int
    """EXIF orientation, 1 to 8; 1 is upright."""
    mode: str
    """How the file stores pixels, as Pillow calls it."""
    has_alpha: bool
    progressive: bool
    """Whether the decoder must read all of a JPEG before the first pixel is known."""
    bands: int
    """Bands of a pixel, transparency included, as the file stores it."""
    sample_bytes: int
    """Bytes of each of them."""
    passes: int
    """How many times the decoder goes over all pixels."""

    @property
    def size(self) -> Size:
        """Width and height of a frame, upright."""
        return Size(*reversed(self.stored)) if self.orientation in _SIDEWAYS else self.stored

    @property
    def raw_bytes(self) -> int:
        """Bytes of one frame, before it becomes 8 bits."""
        return self.stored.width * self.stored.height * self.bands * self.sample_bytes


def sniff(data: bytes, *, svg: bool) -> Reader:
    """Return the reader for the content; names, suffixes and content types mean nothing."""
    if not data:
        raise EmptyImageError("expected a picture, got no bytes at all")
    head = data[:_HEAD_BYTES]
    reader = next((reader for reader in readers() if reader.matches(head)), None)
    if reader and (svg or not reader.on_request):
        return reader
    names = ", ".join(reader.name for reader in readers() if svg or not reader.on_request)
    hint = 'SVG, which the setting "svg" can switch on' if reader else _looks_like(head)
    raise UnsupportedFormatError(f"expected one of {names}, got {hint}")


def read_header(data: bytes, reader: Reader, limits: Limits, *, upright: bool = True) -> Header:
    """Read the header; refuse what needs more than allowed, before anything is decoded."""
    passes = reader.inspect(data, limits)
    check_exif(data, reader.exif(data))
    image = reader.open(data, access="sequential")
    progressive = bool(said(image, "jpeg-multiscan", 0))
    header = Header(
        reader=reader,
        stored=Size(image.width, said(image, "page-height", image.height)),
        pages=said(image, "n-pages", 1),
        orientation=said(image, "orientation", 1) if upright else 1,
        mode=_mode(image, reader),
        has_alpha=bool(image.hasalpha()),
        progressive=progressive,
        bands=image.bands,
        sample_bytes=_SAMPLE_BYTES[str(image.format)],
        passes=reader.progressive_passes(data) if progressive else passes,
    )
    _check(header, limits)
    return header


def check_frames(header: Header, frames: int, limits: Limits) -> None:
    """Refuse so many frames of a picture if they need more than allowed together."""
    megapixels, raw_bytes = header.size.megapixels * frames, header.raw_bytes * frames
    all_frames = f" in {frames} frames" if frames > 1 else ""
    if megapixels > limits.max_total_megapixels:
        raise ImageTooLargeError(
            f"expected at most {limits.max_total_megapixels:g} megapixels in all frames, got "
            f"{megapixels:.1f}{all_frames}"
        )
    if raw_bytes > limits.max_raw_bytes:
        raise ImageTooLargeError(
            f"expected pixels of at most {limits.max_raw_bytes:,} bytes, got {raw_bytes:,}"
            f"{all_frames}, with {header.bands} bands of {header.sample_bytes} bytes"
        )


def _check(header: Header, limits: Limits) -> None:
    width, height = header.size
    check_size(header.size, limits)
    if header.progressive and width * height * _PROGRESSIVE_BYTES > limits.max_decoder_bytes:
        raise ImageTooLargeError(
            f"expected a progressive JPEG that decodes in {limits.max_decoder_bytes:,} bytes, "
            f"got one of {width}x{height}, which takes {_PROGRESSIVE_BYTES} bytes a pixel"
        )
    if header.bands > limits.max_bands:
        raise ImageTooLargeError(f"expected at most {limits.max_bands} bands, got {header.bands}")
    check_frames(header, 1, limits)
    if header.pages > limits.max_frames:
        raise TooManyFramesError(f"expected at most {limits.max_frames} frames, got {header.pages}")


def _looks_like(head: bytes) -> str:
    if head.lstrip()[:9].lower().startswith((b"<!doctype", b"<html")):
        return "a web page (HTML)"
    try:
        head.decode()
    except UnicodeDecodeError:
        return "bytes of another kind"
    return "text"


def _mode(image: pyvips.Image, reader: Reader) -> str:
    if reader.name == "GIF" or said(image, "palette", 0):
        return "P"
    if said(image, "bits-per-sample", 8) == 1:
        return "1"
    if image.interpretation in {"cmyk", "lab"}:
        return str(image.interpretation).upper()
    if image.bands == 1 and image.format != "uchar":
        return {"ushort": "I;16", "float": "F"}.get(str(image.format), "I")
    return {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}.get(image.bands, f"{image.bands} bands")
