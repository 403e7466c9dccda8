"""From the bytes of a file to an upright picture in sRGB."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyvips

from image_worker.picture import FAILURES, Picture, forget_failure, in_memory, said

if TYPE_CHECKING:
    from image_worker.pipeline.header import Header

_SIXTEEN_BIT = {"rgb16", "grey16"}
_PLAIN = {"srgb", "b-w"}
_GREY, _GREY_AND_ALPHA = {"b-w", "grey16"}, 2
PROFILE = "icc-profile-data"
"""Where libvips keeps the profile of a file."""
_SPACE = slice(16, 20)
_SPACES = {1: b"GRAY", 3: b"RGB ", 4: b"CMYK"}
"""What a profile says at that place of the numbers that it explains, by how many there are."""


def decode(
    data: bytes, header: Header, *, shrink: int = 1, page: int = 0, frames: int = 1
) -> Picture:
    """Open the picture lazily: pixels are decoded when the result is written.

    With `shrink` the decoder leaves out pixels; `frames` are read from `page` on.
    """
    if frames > 1:
        return _animation(data, header, page, frames)
    options = {**_shrinking(header, shrink), **({"page": page} if page else {})}
    if header.progressive:
        data = header.reader.needed(data, shrink)
    image = header.reader.open(data, access="sequential", **options)
    image = upright(standard(image), header.orientation)
    nominal = header.size if shrink > 1 else None
    return Picture((image,), shrunk=shrink, nominal=nominal)


def standard(image: pyvips.Image) -> pyvips.Image:
    """Return the image as 8-bit grey or sRGB, with its transparency."""
    if image.interpretation in _GREY and image.bands > _GREY_AND_ALPHA:
        image = image[0]  # nobody knows what the others are, and no result could say so
    tagged = bool(image.get_typeof(PROFILE))
    if tagged and not _fits(image):
        image, tagged = image.copy(), False
        image.remove(PROFILE)
    if not tagged and image.format == "uchar" and image.interpretation in _PLAIN:
        return image
    if not image.hasalpha():
        return _colours(image, tagged=tagged)
    alpha = image[image.bands - 1]
    if image.interpretation in _SIXTEEN_BIT:
        alpha = (alpha >> 8).cast("uchar")
    colours = _colours(image[: image.bands - 1], tagged=tagged)
    return colours.bandjoin(alpha.cast("uchar"))


def upright(image: pyvips.Image, orientation: int) -> pyvips.Image:
    """Turn and mirror the image as EXIF says."""
    if orientation == 1:
        return image
    image = in_memory(image).copy()
    image.set_type(pyvips.GValue.gint_type, "orientation", orientation)
    return image.autorot()


def _fits(image: pyvips.Image) -> bool:
    """Tell whether the profile is one of such colours; libvips would use any of as many bands."""
    colours = image.bands - 1 if image.hasalpha() else image.bands
    return said(image, PROFILE, b"")[_SPACE] == _SPACES.get(colours)


def _shrinking(header: Header, shrink: int) -> dict[str, Any]:
    if shrink == 1 or header.reader.shrinks is None:
        return {}
    return {header.reader.shrinks: shrink if header.reader.shrinks == "shrink" else 1 / shrink}


def _animation(data: bytes, header: Header, page: int, frames: int) -> Picture:
    strip = in_memory(standard(header.reader.open(data, page=page, n=frames)))
    width, height = header.stored
    delays: list[int] = said(strip, "delay", [])
    tops = range(0, strip.height, height)
    return Picture(
        tuple(strip.crop(0, top, width, height) for top in tops),
        delays=tuple(delays[page : page + frames] if len(delays) == header.pages else delays),
        loop=said(strip, "loop", 0),
    )


def _colours(image: pyvips.Image, *, tagged: bool) -> pyvips.Image:
    """Convert colours without transparency."""
    if tagged or image.interpretation == "cmyk":
        try:
            # For a picture without a profile of its own, libvips' general CMYK profile is used.
            return image.icc_transform(
                "srgb",
                embedded=True,
                intent="perceptual",
                input_profile="cmyk" if image.interpretation == "cmyk" else "srgb",
            )
        except FAILURES:
            forget_failure()
            image = image.copy()
            image.remove(PROFILE)
    if image.interpretation in _GREY and image.bands == 1:
        return image.colourspace("b-w").cast("uchar")
    return image.colourspace("srgb").cast("uchar")
