"""What every measurement has."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from image_worker.analysis.levels import Levels
from image_worker.component import Component, Family
from image_worker.fields import Size
from image_worker.picture import has_alpha, histogram, in_memory, luma, on_premultiplied

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyvips

    from image_worker.picture import Picture

_FULL = 255
_OVERVIEW = 256
_LEVELS = 256


@dataclass(frozen=True, slots=True)
class Stored:
    """The file that a picture came from."""

    data: bytes
    image: pyvips.Image
    """The file as libvips opened it: what its header says, its pixels unread."""


@dataclass(frozen=True)
class Subject:
    """The picture that is measured, and what its file said of it.

    What several measurements need is made once, here. Transparent pixels weigh nothing in
    statistics of colours, and half transparent ones half; where neighbours matter, the picture is
    seen upon white, as it would be in a JPEG.
    """

    picture: Picture
    mode: str
    """How the file stores pixels, as Pillow calls it: `L`, `RGB`, `RGBA`, `P`, `1`, `CMYK`..."""
    format: str
    stored: Stored | None = None
    """The file; nothing for a result, which is measured before it is encoded."""
    original: Picture | None = None
    """The picture that a result was made from."""

    @cached_property
    def image(self) -> pyvips.Image:
        """The first frame."""
        return self.picture.image

    @cached_property
    def histogram(self) -> list[list[int]]:
        """256 counts for each band, transparent pixels included."""
        return histogram(self.image)

    @cached_property
    def colours(self) -> pyvips.Image:
        """The first frame without its transparency: one band or three."""
        image = self.image
        return image[: image.bands - 1] if has_alpha(image) else image

    @cached_property
    def opacity(self) -> pyvips.Image | None:
        """How opaque each pixel is, if the picture has transparency."""
        return self.image[self.image.bands - 1] if has_alpha(self.image) else None

    @cached_property
    def visible(self) -> tuple[Levels, ...]:
        """How much of the picture has each level, for each band of colour."""
        if self.opacity is None:
            return tuple(Levels(tuple(map(float, band))) for band in self.histogram)
        return tuple(self._weighed(band) for band in self.colours.bandsplit())

    @cached_property
    def visible_light(self) -> Levels:
        """How much of the picture has each level of Rec. 601 luma."""
        if self.colours.bands == 1:
            return self.visible[0]
        light = luma(self.colours)
        if self.opacity is None:
            return Levels(tuple(map(float, histogram(light)[0])))
        return self._weighed(light)

    def _weighed(self, band: pyvips.Image) -> Levels:
        opacity: Any = self.opacity
        sums = opacity.hist_find_indexed(band, combine="sum").cast("double")
        weights = [weight / _FULL for weight in array("d", bytes(sums.write_to_memory()))]
        return Levels((*weights, *[0.0] * (_LEVELS - len(weights))))

    @cached_property
    def light(self) -> pyvips.Image:
        """The Rec. 601 luma of the first frame, seen upon white, at its full size."""
        return in_memory(luma(upon_white(self.image)))

    @cached_property
    def overview(self) -> pyvips.Image:
        """The first frame with each side squeezed to at most 256 pixels, averaged, not sharpened.

        What needs no more is measured on this, so that the largest pictures cost one pass.
        """
        width, height = (min(side, _OVERVIEW) for side in (self.image.width, self.image.height))
        return in_memory(resized(self.image, Size(width, height), "linear"))

    def thumbnail(self, size: Size) -> pyvips.Image:
        """Return the first frame at exactly this size, made from the overview."""
        return resized(self.overview, size, "lanczos3", gap=0)

    def thumbnail_light(self, size: Size) -> bytes:
        """Return the Rec. 601 luma of the first frame, seen upon white, at exactly this size."""
        small = resized(luma(upon_white(self.overview)), size, "lanczos3", gap=0)
        return bytes(small.write_to_memory())

    def fitted(self, longest: int) -> Size:
        """Return the size at which the longer side has so many pixels, never larger than it is."""
        width, height = self.picture.size
        factor = min(1.0, longest / max(width, height))
        return Size(*(max(1, int(side * factor + 0.5)) for side in (width, height)))


def upon_white(image: pyvips.Image) -> pyvips.Image:
    """Return the image without transparency, laid upon white."""
    return image.flatten(background=[_FULL] * (image.bands - 1)) if has_alpha(image) else image


def resized(image: pyvips.Image, size: Size, kernel: str, gap: float = 2) -> pyvips.Image:
    """Return the image at exactly this size, in which transparent pixels weigh nothing."""
    across, down = size.width / image.width, size.height / image.height
    return on_premultiplied(
        image, lambda part: part.resize(across, vscale=down, kernel=kernel, gap=gap)
    )


class Analyzer(Component, members=Family("analysis")):
    """One measurement; its name is its key in the answer."""

    usual: ClassVar[bool] = False
    """Whether `analyze: true` includes it."""
    numeric: ClassVar[bool] = False
    """Whether it is one number or boolean, which conditions may ask for."""
    reads: ClassVar[Literal["header", "sight", "histogram", "overview", "pixels"]] = "pixels"
    """What it needs of the subject: no pixels, only what is seen in it, only its `histogram` or its
    `overview`, each of which is made in one pass, or anything."""
    seconds_per_megapixel: ClassVar[float] = 0.01
    """CPU seconds that a megapixel takes, by estimate."""
    of_file: ClassVar[bool] = False
    """Whether it is about the file of the source, so that a result does not have it."""

    def refusal(self, side: str) -> str:
        """Return why it cannot be measured of the `input` or `output`; nothing where it can."""
        if self.of_file and side == "output":
            return f'{self.name} is about the file; ask for it of the "input"'
        return ""

    def measure(self, subject: Subject) -> Any:
        """Return the measurement as JSON."""
        raise NotImplementedError

    def fact(self, measured: Any) -> Any:
        """Return the number or boolean that a condition compares, if it is `numeric`."""
        return measured


def measured(wanted: Sequence[Analyzer], subject: Subject) -> dict[str, Any]:
    """Return all measurements by name, of pixels that perhaps can be read only once."""
    passes = {one.reads for one in wanted} - {"header"}
    if subject.picture.sight.glance:  # which needs no pixel of this picture
        passes -= {"sight"}
    if passes & {"pixels", "sight"} or len(passes) > 1:
        first, *rest = subject.picture.frames
        still = replace(subject.picture, frames=(in_memory(first), *rest))
        subject = replace(subject, picture=still)
    return {one.name: one.measure(subject) for one in wanted}
