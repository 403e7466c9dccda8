"""Threshold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import PlainValidator, WithJsonSchema

from image_worker.component import refuse
from image_worker.operations.filter import Filter
from image_worker.picture import in_memory
from image_worker.pixels.tones import TOP, luma_counts, on_luma

if TYPE_CHECKING:
    from collections.abc import Sequence

    from image_worker.picture import Picture


def _read(value: object) -> int | str:
    if value == "otsu":
        return "otsu"
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= TOP:
        return value
    raise refuse(f'expected a whole number from 0 to {TOP}, or "otsu", got {{got}}', value)


Value = Annotated[
    int | str,
    PlainValidator(_read),
    WithJsonSchema(
        {"anyOf": [{"type": "integer", "minimum": 0, "maximum": TOP}, {"const": "otsu"}]}
    ),
]


class Threshold(Filter):
    """Make everything black or white."""

    name = "threshold"
    examples = ({"value": "otsu"},)

    value: Value = 128
    """The darkest luma that becomes white, 0 to 255, or `otsu` to part the picture where dark and
    bright differ most."""

    def run(self, picture: Picture) -> Picture:
        """Part the luma of all frames at the same value; transparency stays."""
        value = self.value
        if isinstance(value, str):
            picture = picture.each(in_memory)
            value = otsu(luma_counts(picture))
        levels = bytes(TOP if step >= value else 0 for step in range(TOP + 1))
        return picture.each(lambda image: on_luma(image, [levels]))


def otsu(histogram: Sequence[int]) -> int:
    """Return the first level of the bright part, where the variance between the parts is largest.

    N. Otsu, A threshold selection method from gray-level histograms, 1979.
    """
    whole, total = sum(histogram), sum(step * count for step, count in enumerate(histogram))
    best, value, dark, darkness = 0.0, 0, 0, 0
    for step, count in enumerate(histogram[:-1]):
        dark, darkness = dark + count, darkness + step * count
        bright = whole - dark
        if not dark or not bright:
            continue
        between = dark * bright * (darkness / dark - (total - darkness) / bright) ** 2
        if between > best:
            best, value = between, step + 1
    return value
