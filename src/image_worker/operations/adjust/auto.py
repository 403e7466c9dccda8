"""What a picture says about its own levels, white and contrast.

All frames are corrected alike, so that an animation does not flicker.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from image_worker.operations.adjust.light import balanced, gained
from image_worker.picture import in_memory, on_colour
from image_worker.pixels.tones import TOP, counts, ends, luma_counts, mapped, stretched, to_light

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from image_worker.picture import Picture

_LOW, _HIGH = 1, 99
_NORM = 6
_LARGEST_GAIN = 2
_GREY = 1


def levelled(picture: Picture) -> Picture:
    """Stretch each channel between its percentiles 1 and 99."""
    picture = picture.each(in_memory)
    return _corrected(picture, [stretched(*ends(band, _LOW, _HIGH)) for band in counts(picture)])


def contrasted(picture: Picture) -> Picture:
    """Stretch all channels between the percentiles 1 and 99 of the luma."""
    picture = picture.each(in_memory)
    return _corrected(picture, [stretched(*ends(luma_counts(picture), _LOW, _HIGH))])


def whitened(picture: Picture) -> Picture:
    """Make the mean of the picture grey: shades of grey, a Minkowski norm of 6 in linear light.

    G. Finlayson and E. Trezzi, Shades of gray and colour constancy, 2004. A channel gains, or
    loses, a factor of 2 at most beside another, so that a picture of one colour does not fade.
    """
    picture = picture.each(in_memory)
    bands = counts(picture)
    if len(bands) == _GREY or not sum(bands[0]):
        return picture
    red, green, blue = (max(_norm(band), 1 / TOP) for band in bands)
    limit = _LARGEST_GAIN**0.5
    middle = (red * green * blue) ** (1 / 3)
    gains = tuple(min(limit, max(1 / limit, middle / norm)) for norm in (red, green, blue))
    return _corrected(picture, [gained(gain) for gain in balanced((gains[0], gains[1], gains[2]))])


CORRECTIONS: dict[str, Callable[[Picture], Picture]] = {
    "levels": levelled,
    "white_balance": whitened,
    "contrast": contrasted,
}
"""What each word of `auto` does."""


def _norm(histogram: Sequence[int]) -> float:
    total = sum(
        count * to_light(step / TOP) ** _NORM for step, count in enumerate(histogram) if count
    )
    return float((total / sum(histogram)) ** (1 / _NORM))


def _corrected(picture: Picture, tables: Sequence[bytes]) -> Picture:
    return picture.each(lambda image: on_colour(image, lambda part: mapped(part, tables)))
