"""The picture on its way through a job: frames in sRGB, 8 bit, upright."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

import pyvips

from image_worker.affine import IDENTITY, Affine
from image_worker.color import rgba
from image_worker.fields import Size
from image_worker.vision import Sight

if TYPE_CHECKING:
    from collections.abc import Callable

    from image_worker.sources.base import Source
    from image_worker.vision import Found, Matte, Wanted


LUMA = (0.299, 0.587, 0.114)
"""Weights of red, green and blue in the luma of Rec. 601, which Pillow uses everywhere."""

FAILURES = (pyvips.Error, UnicodeDecodeError)
"""What pyvips raises where libvips fails; the second where the text of the failure is not UTF-8 and
no engine has mended that."""

Said = TypeVar("Said")

_OPAQUE = 255
_WITH_ALPHA = (2, 4)


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that the caller should know although the job succeeded."""

    code: str
    message: str
    path: str = ""


class Inputs(Protocol):
    """The other pictures of a job, such as overlays and masks."""

    def picture(self, source: Source) -> Picture:
        """Return the picture of a source, upright and after its own operations."""
        ...

    def svg(self, text: str, scale: float = 1) -> Picture:
        """Return a drawing, this many times as large as it says; only where SVG is allowed."""
        ...


class NoInputs:
    """No other pictures."""

    def picture(self, source: Source) -> Picture:
        """Refuse: nothing was read."""
        raise LookupError(source.name)

    def svg(self, text: str, scale: float = 1) -> Picture:
        """Refuse: nobody allowed it."""
        del text, scale
        raise LookupError("svg")


@dataclass(frozen=True, slots=True)
class Picture:
    """One or more frames of the same size and number of bands, `uchar`, `b-w` or `srgb`.

    Grey pictures have one band, coloured ones three, and one more where there is transparency.
    """

    frames: tuple[pyvips.Image, ...]
    delays: tuple[int, ...] = ()
    """Milliseconds that each frame of an animation is shown."""
    loop: int = 0
    """How often an animation plays; 0 is for ever."""
    notices: tuple[Notice, ...] = ()
    shrunk: float = 1
    """How many times smaller than `size` the frames are, because the decoder left out pixels."""
    nominal: Size | None = None
    """The size that the frames stand for where they are shrunk."""
    origin: Affine | None = IDENTITY
    """Where a pixel came from in the source, upright; nothing where no affine map says so."""
    inputs: Inputs = field(default_factory=NoInputs)
    """The other pictures of the job."""
    sight: Sight = field(default_factory=Sight)
    """What was seen in the first frame, and what can look."""
    apart: tuple[Picture, ...] = ()
    """Parts that a step set aside, to become results of their own."""
    details: tuple[tuple[str, Any], ...] = ()
    """What steps have to tell beside their size, such as where they cropped."""

    @property
    def image(self) -> pyvips.Image:
        """The first frame."""
        return self.frames[0]

    @property
    def size(self) -> Size:
        """Width and height of a frame, as if the decoder had read every pixel."""
        return self.nominal or Size(self.image.width, self.image.height)

    @property
    def has_alpha(self) -> bool:
        """Whether there is a band of transparency."""
        return has_alpha(self.image)

    def each(self, change: Callable[[pyvips.Image], pyvips.Image]) -> Picture:
        """Return the picture with every frame changed."""
        return replace(self, frames=tuple(change(frame) for frame in self.frames))

    def came_from(self, step: Affine | None) -> Picture:
        """Return the picture after a step that took its pixels from elsewhere."""
        origin = self.origin.after(step) if self.origin and step else None
        return replace(self, origin=origin)

    def tell(self, name: str, value: Any) -> Picture:
        """Return the picture with one more detail of the step for the caller."""
        return replace(self, details=(*self.details, (name, value)))

    def detect(self, wanted: Wanted, *, afresh: bool = False) -> Found:
        """Return what is in the first frame, whose pixels must be able to be read again.

        It is looked for once as long as steps change pixels in place only; `afresh` looks at the
        pixels as they are now. Raises a `NeedsExtraError`, an `InvalidParameterError` or a
        `ModelError`.
        """
        return self.sight.detect(wanted, self.image, self.size, afresh=afresh)

    def matte(self, model: str | None = None) -> Matte:
        """Return the foreground of the first frame: people, or what a named model knows."""
        return self.sight.matte(model, self.image, self.size)

    def whole(self) -> Picture:
        """Return the picture that the frames really are, from now on."""
        return replace(self, shrunk=1, nominal=None)

    def note(self, code: str, message: str, path: str = "") -> Picture:
        """Return the picture with one more notice for the caller."""
        return replace(self, notices=(*self.notices, Notice(code, message, path)))


def has_alpha(image: pyvips.Image) -> bool:
    """Tell whether the last band is transparency."""
    return image.bands in _WITH_ALPHA


def on_colour(image: pyvips.Image, change: Callable[[pyvips.Image], pyvips.Image]) -> pyvips.Image:
    """Change the colours and leave the transparency alone."""
    if not has_alpha(image):
        return change(image)
    return change(image[: image.bands - 1]).bandjoin(image[image.bands - 1])


def on_premultiplied(
    image: pyvips.Image, change: Callable[[pyvips.Image], pyvips.Image]
) -> pyvips.Image:
    """Change a picture in which transparent pixels weigh nothing.

    Without this, the colour hidden under transparent pixels would bleed into visible ones
    whenever neighbours are mixed.
    """
    if not has_alpha(image):
        return change(image)
    changed = change(image.premultiply())
    return changed.unpremultiply().rint().cast("uchar").copy(interpretation=image.interpretation)


def said(image: pyvips.Image, name: str, default: Said) -> Said:
    """Return what the file said under that name, or the default."""
    return cast("Said", image.get(name)) if image.get_typeof(name) else default


def forget_failure() -> None:
    """Empty libvips' text of what went wrong.

    There is one for the whole process, so it may belong to another job.
    """
    pyvips.vips_lib.vips_error_clear()


def luma(image: pyvips.Image) -> pyvips.Image:
    """Return the Rec. 601 luma of an image without transparency, one band of `uchar`."""
    if image.bands == 1:
        return image
    return (
        image.recomb(pyvips.Image.new_from_array([list(LUMA)]))
        .rint()
        .cast("uchar")
        .copy(interpretation="b-w")
    )


def light_of(image: pyvips.Image) -> pyvips.Image:
    """Return the transparency if there is any, else the luma: what a mask means."""
    return image[image.bands - 1] if has_alpha(image) else luma(image)


def with_alpha(image: pyvips.Image) -> pyvips.Image:
    """Return the image with a band of transparency, opaque if there was none."""
    return image if has_alpha(image) else image.bandjoin(_OPAQUE)


def coloured(image: pyvips.Image) -> pyvips.Image:
    """Return the image with red, green and blue even if it was grey."""
    return image if image.bands > _WITH_ALPHA[0] else image.colourspace("srgb")


def ink(image: pyvips.Image, color: str | tuple[int, ...]) -> tuple[pyvips.Image, list[float]]:
    """Return the image able to show the colour, and the colour as its bands.

    A grey picture becomes coloured for a colour that is not grey, and an opaque one gets
    transparency for a colour that is not opaque.
    """
    red, green, blue, alpha = rgba(color)
    if not red == green == blue:
        image = coloured(image)
    if alpha != _OPAQUE:
        image = with_alpha(image)
    colour = [red] if image.bands <= _WITH_ALPHA[0] else [red, green, blue]
    return image, [float(part) for part in (*colour, alpha)[: image.bands]]


def histogram(image: pyvips.Image) -> list[list[int]]:
    """Return 256 counts for each band."""
    counts = array("I", bytes(image.hist_find().write_to_memory()))
    return [counts[band :: image.bands].tolist() for band in range(image.bands)]


def as_mask(share: pyvips.Image) -> pyvips.Image:
    """Return shares from 0 to 1 as a mask from 0 to 255; what is beyond them is cut."""
    return (share * _OPAQUE + 0.5).cast("uchar")


def in_memory(image: pyvips.Image) -> pyvips.Image:
    """Return an image whose pixels can be read more than once, in any order."""
    return image.copy_memory()
