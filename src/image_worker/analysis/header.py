"""Header."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from image_worker.analysis.base import Analyzer, Subject
from image_worker.analysis.jpeg_sampling import subsampling
from image_worker.picture import said

if TYPE_CHECKING:
    from image_worker.analysis.base import Stored

_BITS = {
    "uchar": 8, "char": 8, "ushort": 16, "short": 16, "uint": 32, "int": 32, "float": 32,
    "double": 64,
}  # fmt: skip
_MILLIMETRES_PER_INCH = 25.4


class Header(Analyzer):
    """What the header of the file says; no pixel is read.

    `width` and `height` upright; `pages` (frames) and their `delays` in milliseconds; `bands`
    (channels) and the `depth` of each in bits; `colour_space` such as `srgb`, `b-w`, `cmyk`,
    `rgb16`; `has_alpha`; `dpi`; the EXIF `orientation`, 1 to 8; whether it is `progressive`
    (interlaced); `subsampling` such as `4:2:0`. What a file does not say is null. Of a result,
    which has no file yet, the picture itself tells as much as it can.
    """

    name = "header"
    reads = "header"

    def measure(self, subject: Subject) -> dict[str, Any]:
        """Return the facts."""
        width, height = subject.picture.size
        size = {"width": width, "height": height}
        return size | (_of_file(subject.stored) if subject.stored else _of_result(subject))


def _of_file(stored: Stored) -> dict[str, Any]:
    image = stored.image
    can_be_progressive = said(image, "vips-loader", "").startswith(("jpeg", "png", "gif"))
    return {
        "pages": said(image, "n-pages", 1),
        "delays": said(image, "delay", []),
        "bands": image.bands,
        "depth": said(image, "bits-per-sample", _BITS.get(str(image.format))),
        "colour_space": image.interpretation,
        "has_alpha": bool(image.hasalpha()),
        "dpi": _dpi(stored),
        "orientation": said(image, "orientation", 1),
        "progressive": bool(said(image, "interlaced", 0)) if can_be_progressive else None,
        "subsampling": subsampling(stored.data),
    }


def _dpi(stored: Stored) -> float | None:
    """Return the resolution that the file says; libvips has a default where it says nothing."""
    image = stored.image
    if said(image, "vips-loader", "").startswith("png"):
        known = b"pHYs" in stored.data[: stored.data.find(b"IDAT")]
    else:
        known = bool(image.get_typeof("resolution-unit"))
    return round(image.xres * _MILLIMETRES_PER_INCH, 2) if known else None


def _of_result(subject: Subject) -> dict[str, Any]:
    picture, image = subject.picture, subject.picture.image
    return {
        "pages": len(picture.frames),
        "delays": list(picture.delays),
        "bands": image.bands,
        "depth": _BITS[str(image.format)],
        "colour_space": image.interpretation,
        "has_alpha": picture.has_alpha,
        "dpi": None,
        "orientation": 1,
        "progressive": None,
        "subsampling": None,
    }
