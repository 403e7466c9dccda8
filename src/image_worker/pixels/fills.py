"""What stands where a picture was made larger: a colour, or something made of the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import PlainSerializer, PlainValidator, TypeAdapter, ValidationError, WithJsonSchema

from image_worker.affine import Affine
from image_worker.color import Color
from image_worker.component import refuse
from image_worker.fields import Size
from image_worker.picture import has_alpha, in_memory, ink, on_premultiplied

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyvips

    from image_worker.picture import Picture

WORDS = ("auto", "blur", "edge", "mirror")

_COLOR = TypeAdapter[str | tuple[int, ...]](Color)
_COLOR_SCHEMA = _COLOR.json_schema()

_SAMPLES = 256
"""Pixels of each edge that are looked at for the dominant colour."""
_STEP = 16
"""Levels that count as the same colour."""
_HALF = 128

_BLURRED_SIDE = 256
"""Longer side at which the background is blurred; it is enlarged afterwards, unseen."""
_SIGMA = 8
"""Sigma of the blur at that side, so about 3% of the longer side of the result."""


def _read_fill(value: object) -> str | tuple[int, ...]:
    if isinstance(value, str) and value in WORDS:
        return value
    try:
        return _COLOR.validate_python(value)
    except ValidationError:
        words = ", ".join(f'"{word}"' for word in WORDS)
        raise refuse(
            f'expected {words}, a CSS colour such as "#ff8800" or "teal", '
            "or a list of 3 or 4 whole numbers from 0 to 255, got {got}",
            value,
        ) from None


Fill = Annotated[
    str | tuple[int, ...],
    PlainValidator(_read_fill),
    PlainSerializer(lambda fill: fill),
    WithJsonSchema({"anyOf": [{"enum": list(WORDS)}, *_COLOR_SCHEMA["anyOf"]]}),
]
"""A colour, or `"auto"` for the most frequent colour of the edges, `"blur"` for the picture itself
out of focus, `"edge"` to repeat its outermost pixels, or `"mirror"` to mirror it."""


def framed(
    picture: Picture, left: int, top: int, size: Size, fill: str | tuple[int, ...]
) -> Picture:
    """Return the picture standing at `left`, `top` of a larger one of `size`."""
    if fill in WORDS:
        picture = picture.each(in_memory)
    if fill == "auto":  # one colour for all frames
        fill = edge_colour(picture.image)
    larger = picture.each(lambda image: extend(image, left, top, size, fill))
    return larger.came_from(Affine.moved(-left, -top))


def extend(
    image: pyvips.Image, left: int, top: int, size: Size, fill: str | tuple[int, ...]
) -> pyvips.Image:
    """Return the image standing at `left`, `top` of a larger one of `size`.

    All fills but colours read the image more than once, so it must be in memory for them.
    """
    if fill == "blur":
        return _blurred(image, size).insert(image, left, top)
    if fill in {"edge", "mirror"}:
        way = "copy" if fill == "edge" else "mirror"
        return image.embed(left, top, *size, extend=way)
    image, colour = ink(image, edge_colour(image) if fill == "auto" else fill)
    return image.embed(left, top, *size, extend="background", background=colour)


def edge_colour(image: pyvips.Image) -> tuple[int, ...]:
    """Return the most frequent colour of the outermost pixels, as red, green, blue, alpha.

    Colours within 16 levels count together, and their mean is returned. What is more transparent
    than not counts as transparent, and the rest as opaque.
    """
    groups: dict[tuple[int, ...], list[bytes]] = {}
    for pixel in _outermost(image):
        groups.setdefault(_group(pixel, transparency=has_alpha(image)), []).append(pixel)
    most, members = max(groups.items(), key=lambda group: len(group[1]))
    if not most:
        return 0, 0, 0, 0
    colours = len(most)
    mean = [
        int(sum(pixel[band] for pixel in members) / len(members) + 0.5) for band in range(colours)
    ]
    return (*(mean * 3 if colours == 1 else mean), 255)


def _group(pixel: bytes, *, transparency: bool) -> tuple[int, ...]:
    """Return what pixels of about the same colour have in common; nothing if transparent."""
    if transparency:
        if pixel[-1] < _HALF:
            return ()
        pixel = pixel[:-1]
    return tuple(level // _STEP for level in pixel)


def _outermost(image: pyvips.Image) -> Iterator[bytes]:
    width, height, bands = image.width, image.height, image.bands
    for left, top, across, down in (
        (0, 0, width, 1),
        (0, height - 1, width, 1),
        (0, 0, 1, height),
        (width - 1, 0, 1, height),
    ):
        strip = image.crop(left, top, across, down)
        step = [max(1, side // _SAMPLES) for side in (across, down)]
        levels = bytes(strip.subsample(*step).write_to_memory())
        yield from (levels[start : start + bands] for start in range(0, len(levels), bands))


def _blurred(image: pyvips.Image, size: Size) -> pyvips.Image:
    """Return the middle of the image covering `size`, out of focus."""
    factor = max(size.width / image.width, size.height / image.height)
    part = Size(*(max(1, int(side / factor + 0.5)) for side in size))
    part = Size(min(part.width, image.width), min(part.height, image.height))
    middle = image.crop((image.width - part.width) // 2, (image.height - part.height) // 2, *part)
    shrink = min(1.0, _BLURRED_SIDE / max(size))
    small = Size(*(max(1, int(side * shrink + 0.5)) for side in size))
    sigma = _SIGMA * max(small) / _BLURRED_SIDE

    def out_of_focus(part: pyvips.Image) -> pyvips.Image:
        return _stretched(_stretched(part, small).gaussblur(max(0.5, sigma)), size)

    return on_premultiplied(middle, out_of_focus)


def _stretched(image: pyvips.Image, size: Size) -> pyvips.Image:
    return image.resize(
        size.width / image.width, vscale=size.height / image.height, kernel="linear"
    )
