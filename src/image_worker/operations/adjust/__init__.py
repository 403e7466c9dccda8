"""Adjust."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, model_validator

from image_worker.component import Several
from image_worker.fields import Factor
from image_worker.operations.adjust import auto, chroma, enhance, light, tone
from image_worker.operations.base import Effect
from image_worker.picture import coloured, on_colour
from image_worker.pixels.tones import mapped

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyvips

    from image_worker.fields import Size
    from image_worker.picture import Picture

Percent = Annotated[float, Field(ge=-100, le=100)]


# CPU seconds a megapixel of each part, by estimate.
_TABLES, _MATRIX, _OKLCH, _CURVES, _SMOOTHING, _STATISTICS = 0.02, 0.04, 0.2, 0.06, 0.05, 0.04


class Adjust(Effect):
    """Change light and colour: all that is given, in the order in which it stands here.

    Factors are neutral at 1, signed values at 0, and what is neutral changes no pixel. The
    arithmetic of `brightness`, `contrast`, `saturation` and `sharpness` is that of Pillow's
    `ImageEnhance`.
    """

    name = "adjust"
    examples = (
        {"brightness": 1.1, "contrast": 1.3, "saturation": 1.4},
        {"temperature": 60, "vibrance": 0.5},
        {"exposure": -1, "hue": 40},
    )

    brightness: Factor = 1
    """0 is black, 1 the original, 2 twice as bright."""

    contrast: Factor = 1
    """0 is an even grey of the mean luma, 1 the original, 2 twice the distance from that grey."""

    saturation: Factor = 1
    """0 is grey, 1 the original, 2 twice as colourful."""

    hue: Annotated[float, Field(ge=-360, le=360)] = 0
    """Degrees by which every hue is turned, -360 to 360: red becomes yellow, then green, then blue.
    Lightness stays; measured in Oklch."""

    vibrance: Annotated[float, Field(ge=-1, le=1)] = 0
    """Like saturation, but strong where colours are weak: -1 to 1. Measured in Oklch."""

    gamma: Annotated[float, Field(ge=0.1, le=10)] = 1
    """Above 1 brightens the middle tones, below 1 darkens them; black and white stay. 0.1 to 10."""

    exposure: Annotated[float, Field(ge=-10, le=10)] = 0
    """Stops, -10 to 10: each doubles the light, or halves it."""

    temperature: Percent = 0
    """Warmer above 0, cooler below, -100 to 100."""

    tint: Percent = 0
    """More magenta above 0, greener below, -100 to 100."""

    highlights: Percent = 0
    """Brightens the bright parts above 0, darkens them below, -100 to 100."""

    shadows: Percent = 0
    """Brightens the dark parts above 0, darkens them below, -100 to 100."""

    sharpness: Factor = 1
    """0 is smoothed, 1 the original, 2 twice as far from the smoothed picture."""

    auto: Annotated[
        Several[Literal["levels", "white_balance", "contrast"]], Field(max_length=3)
    ] = ()
    """What the picture itself decides, in the order given: `levels` stretches each channel from
    black to white, `white_balance` takes away a colour cast, `contrast` stretches all channels
    alike."""

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len(set(self.auto)) == len(self.auto):
            return self
        raise ValueError(f"expected each word of auto once, got {', '.join(self.auto)}")

    def run(self, picture: Picture) -> Picture:
        """Adjust the colours of all frames alike; transparency stays."""
        picture, first = enhance.levels(picture, self.brightness, self.contrast)
        then = light.levels(self.gamma, self.exposure, self.temperature, self.tint)
        if len(then) > 1:
            picture = picture.each(coloured)
        picture = picture.each(lambda image: on_colour(image, self._coloured(first, then)))
        for word in self.auto:
            picture = auto.CORRECTIONS[word](picture)
        return picture

    def cost(self, size: Size) -> float:
        """Return the sum of what is done."""
        seconds = [
            (_TABLES, True),
            (_MATRIX, self.saturation != 1),
            (_OKLCH, bool(self.hue % 360) or self.vibrance != 0),
            (_CURVES, self.highlights != 0 or self.shadows != 0),
            (_SMOOTHING, self.sharpness != 1),
            (_STATISTICS * len(self.auto), True),
        ]
        return sum(each for each, done in seconds if done) * size.megapixels

    def _coloured(
        self, first: bytes, then: tuple[bytes, ...]
    ) -> Callable[[pyvips.Image], pyvips.Image]:
        """Return what is done to the colours of one frame, with as few tables as possible."""
        lumas = tone.levels(self.highlights, self.shadows)

        def change(colour: pyvips.Image) -> pyvips.Image:
            if colour.bands == 1 or self._keeps_colour:
                colour = mapped(colour, [first.translate(levels) for levels in then])
            else:
                colour = enhance.saturated(mapped(colour, [first]), self.saturation)
                colour = chroma.turned(colour, self.hue, self.vibrance)
                colour = mapped(colour, then)
            return enhance.sharpened(tone.toned(colour, lumas), self.sharpness)

        return change

    @property
    def _keeps_colour(self) -> bool:
        return self.saturation == 1 and self.hue % 360 == 0 and self.vibrance == 0
