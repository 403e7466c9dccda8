"""Background."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import (
    Field,
    PlainSerializer,
    PlainValidator,
    TypeAdapter,
    ValidationError,
    WithJsonSchema,
    model_validator,
)

from image_worker.color import Color, rgba
from image_worker.component import refuse
from image_worker.operations.base import Effect
from image_worker.picture import in_memory
from image_worker.pixels.compositing import Layer, composited
from image_worker.pixels.convolution import gaussian, gaussian_seconds
from image_worker.pixels.fills import edge_colour
from image_worker.pixels.fitting import fitted
from image_worker.pixels.painting import LinearGradient, solid
from image_worker.sources.base import AnySource

if TYPE_CHECKING:
    import pyvips

    from image_worker.fields import Size
    from image_worker.picture import Picture

_CONTENTS = ("color", "image", "gradient", "blur")

_SAMPLES = 64
"""Pixels of each side that are looked at for the most frequent colour."""
_STEP = 16
"""Levels that count as the same colour."""
_HALF = 128

_COLOR = TypeAdapter[Any](Color)


def _read_color(value: object) -> Any:
    try:
        return value if value == "auto" else _COLOR.validate_python(value)
    except ValidationError:
        raise refuse('expected "auto", or a CSS colour such as "teal", got {got}', value) from None


AutoColor = Annotated[
    str | tuple[int, ...],
    PlainValidator(_read_color),
    PlainSerializer(lambda color: color),
    WithJsonSchema({"anyOf": [{"const": "auto"}, *_COLOR.json_schema()["anyOf"]]}),
]


class Background(Effect):
    """Put something behind transparent pixels.

    Exactly one of `color`, `image`, `gradient` and `blur` says what. A picture without
    transparency stays as it is; one that gets an opaque background has none afterwards.
    """

    name = "background"
    keeps_content = False
    seconds_per_megapixel = 0.1
    examples = (
        {
            "gradient": {"direction": "down", "stops": [[0, "#fff3bf"], [1, "#ffa94d"]]},
        },
        {"color": "#343a40"},
    )

    color: AutoColor | None = None
    """A plain colour, or `auto` for the one that is most frequent at the edges of the picture, or
    in all that is visible where the edges are transparent."""

    image: AnySource | None = None
    """A picture; it is scaled to cover, and cropped around its middle."""

    gradient: LinearGradient | None = None
    """A gradient."""

    blur: Annotated[float, Field(ge=0.3, le=250)] | None = None
    """The picture itself out of focus; sigma in pixels."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        given = [name for name in _CONTENTS if getattr(self, name) is not None]
        if len(given) != 1:
            wanted = '"color", "image", "gradient" and "blur"'
            raise ValueError(f"expected exactly one of {wanted}, got {', '.join(given) or 'none'}")
        return self

    def run(self, picture: Picture) -> Picture:
        """Lay every frame upon the background."""
        if not picture.has_alpha:
            return picture
        if self.blur is not None or self.color == "auto":
            picture = picture.each(in_memory)
        if self.blur is not None:
            sigma = self.blur
            return picture.each(lambda frame: composited(_out_of_focus(frame, sigma), Layer(frame)))
        backdrop = self._backdrop(picture)
        return picture.each(lambda frame: composited(backdrop, Layer(frame)))

    def cost(self, size: Size) -> float:
        """Return more for a blur."""
        blur = 0.0 if self.blur is None else gaussian_seconds(self.blur)
        return super().cost(size) + blur * size.megapixels

    def blur_sigma(self, size: Size) -> float:
        """Return the sigma of the blur."""
        del size
        return self.blur or 0.0

    def _backdrop(self, picture: Picture) -> pyvips.Image:
        """Return what comes behind, without a band of transparency if it is opaque."""
        if self.image is not None:
            return in_memory(
                fitted(picture.inputs.picture(self.image).image, *picture.size, "cover")
            )
        if self.gradient is not None:
            drawn = self.gradient.drawn(picture.size)
            opaque = all(rgba(color).opaque for _, color in self.gradient.stops)
            return drawn[: drawn.bands - 1] if opaque else drawn
        color = self.color or "transparent"
        if color == "auto":
            color = _frequent_colour(picture.image)
        plain = solid(picture.size, color)
        return plain[: plain.bands - 1] if rgba(color).opaque else plain


def _out_of_focus(image: pyvips.Image, sigma: float) -> pyvips.Image:
    """Return the colours of the image blurred, upon their mean where the blur does not reach."""
    colours = image.premultiply()
    total = [colours[band].avg() for band in range(image.bands)]
    share = total[-1] / 255
    mean = [level / share for level in total[:-1]] if share else [0.0] * (image.bands - 1)
    blurred = gaussian(colours, sigma).unpremultiply().rint().cast("uchar")
    blurred = blurred.copy(interpretation=image.interpretation)
    return blurred.flatten(background=mean)


def _frequent_colour(image: pyvips.Image) -> tuple[int, ...]:
    """Return the most frequent colour of the outermost pixels, else of the visible ones."""
    color = edge_colour(image)
    if color[-1]:
        return color
    step = [max(1, side // _SAMPLES) for side in (image.width, image.height)]
    levels, bands = bytes(image.subsample(*step).write_to_memory()), image.bands
    pixels = (levels[start : start + bands] for start in range(0, len(levels), bands))
    groups: dict[tuple[int, ...], list[bytes]] = {}
    for pixel in pixels:
        if pixel[-1] >= _HALF:
            groups.setdefault(tuple(level // _STEP for level in pixel[:-1]), []).append(pixel)
    members = max(groups.values(), key=len, default=[bytes(bands)])
    mean = [round(sum(band) / len(members)) for band in zip(*members, strict=True)][:-1]
    return (*(mean * 3 if len(mean) == 1 else mean), 255)
