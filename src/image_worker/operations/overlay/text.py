"""Text that is laid upon a picture."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, model_validator

from image_worker.color import Color, rgba
from image_worker.component import Model
from image_worker.fields import Distance, Length, Size, pixels, rounded
from image_worker.morphology import grown
from image_worker.pixels.compositing import Layer, composited
from image_worker.pixels.painting import solid
from image_worker.pixels.typesetting import Typeface, typeset

if TYPE_CHECKING:
    import pyvips

    from image_worker.color import Rgba

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_FONT = re.compile(r"[\w ,.'-]+")
_WITH_COLOURS = 4
_FULL = 255
_SETTING, _STROKING = 0.03, 0.06
"""CPU seconds for a million pixels of letters, each a square, and for their outlines."""


class Stroke(Model):
    """A line around the letters."""

    color: Color = "black"
    """Its colour."""

    width: Distance = "6%"
    """How far it reaches out of the letters: pixels, or a share of the size of the font."""


class Text(Model):
    """Text, set in a font."""

    content: Annotated[str, Field(max_length=5000)]
    """What is written; line breaks are kept, and no character has a meaning of its own."""

    font: Annotated[str, Field(max_length=100)] = "sans"
    """A font by its family, and its style if wanted: `sans bold`. `sans` comes with the program
    and knows Latin, Cyrillic, Greek, Arabic and Hebrew; others must be installed."""

    size: Length = "5vmin"
    """Size of the font: pixels, or a share of the picture."""

    color: Color = "black"
    """Colour of the letters."""

    align: Literal["left", "center", "right", "justify"] = "left"
    """How several lines stand to each other."""

    wrap: Length | None = None
    """Width at which lines are broken, such as `"80%"`. Default: they are not."""

    line_spacing: Annotated[float, Field(ge=0.5, le=5)] = 1
    """How far lines are apart; 1 is what the font says, 2 leaves one size of the font between."""

    stroke: Stroke | None = None
    """A line around the letters. Default: none."""

    background: Color = "transparent"
    """Colour behind the text."""

    padding: Distance = 0
    """How far the background reaches out of the text: pixels, or a share of the size of the
    font."""

    markup: bool = False
    """Whether the content is Pango markup, such as `<b>bold</b>`, instead of plain text."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if _CONTROL.search(self.content):
            raise ValueError('expected "content" without control characters but line breaks')
        if not _FONT.fullmatch(self.font):
            raise ValueError(f'expected a family and a style as "font", got "{self.font}"')
        return self

    def cost(self, size: Size) -> float:
        """Return the CPU seconds that it takes for a picture of that size, by estimate."""
        letter = pixels(self.size, size.height, size) ** 2 / 1e6
        stroke = 0 if self.stroke is None else _STROKING
        return (_SETTING + stroke) * letter * len(self.content)

    def drawn(self, size: Size) -> pyvips.Image | None:
        """Return the text for a picture of that size, or nothing if there is nothing to see."""
        font_size = pixels(self.size, size.height, size)
        face = Typeface(
            font=self.font,
            pixels=font_size,
            color=self.color,
            align=self.align,
            wrap=rounded(self.wrap, size.width, size) if self.wrap is not None else 0,
            line_spacing=self.line_spacing,
        )
        image = typeset(self.content, face, markup=self.markup)
        if image is None:
            return None
        if self.stroke is not None:
            width = pixels(self.stroke.width, math.ceil(font_size), size)
            image = _stroked(image, width, self.stroke.color)
        padding = round(pixels(self.padding, math.ceil(font_size), size))
        return _without_colours(_backed(image, padding, rgba(self.background)).copy_memory())


def _stroked(image: pyvips.Image, width: float, color: str | tuple[int, ...]) -> pyvips.Image:
    if width <= 0:
        return image
    letters = Layer(image).padded(math.ceil(width) + 1)
    red, green, blue, opacity = rgba(color)
    outline = grown(letters.image[3], width) * (opacity / _FULL)
    stroke = solid(letters.size, (red, green, blue)).colourspace("srgb")[:3]
    return composited(
        stroke.bandjoin(outline.rint().cast("uchar")).copy(interpretation="srgb"),
        Layer(letters.image),
    )


def _backed(image: pyvips.Image, padding: int, color: Rgba) -> pyvips.Image:
    if not color.alpha:
        return image
    text = Layer(image).padded(padding)
    return composited(solid(text.size, color), Layer(text.image))


def _without_colours(image: pyvips.Image) -> pyvips.Image:
    """Return a grey image if no pixel has a colour."""
    if image.bands < _WITH_COLOURS:
        return image
    chroma = (image[0] - image[1]).maxpair(image[1] - image[2])
    chroma = chroma.maxpair(image[1] - image[0]).maxpair(image[2] - image[1])
    return image if chroma.max() else image[1].bandjoin(image[3]).copy(interpretation="b-w")
