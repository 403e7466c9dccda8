"""What every format has that is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

import pyvips
from pydantic import Field, model_validator

from image_worker.color import Color
from image_worker.component import Component, Family
from image_worker.formats.values import (
    AnyQuality,
    Base64Length,
    Delay,
    MostBytes,
    Profile,
    Quality,
)
from image_worker.picture import said
from image_worker.sinks.base import AnyDelivery
from image_worker.sinks.inline import Auto

if TYPE_CHECKING:
    from image_worker.fields import Size
    from image_worker.picture import Picture

_BEST = 100
_KEPT = "image-worker-kept"


class Output(Component, members=Family("format", ignore_case=True)):
    """How the result is written."""

    aliases: ClassVar[tuple[str, ...]] = ()
    saver: ClassVar[str] = ""
    """Name of the libvips operation that writes it; all others are blocked."""
    mime: ClassVar[str]
    suffix: ClassVar[str]
    animates: ClassVar[bool] = False
    """Whether several frames can be written."""
    transparent: ClassVar[bool] = True
    """Whether transparency can be written."""
    lossy: ClassVar[bool] = True
    """Whether `quality` means anything."""
    longest_side: ClassVar[int] = 65_535
    """Pixels; what the format can store."""
    seconds_per_megapixel: ClassVar[float] = 0.1
    """CPU seconds that writing a megapixel takes with the defaults; an estimate."""

    quality: AnyQuality | None = None
    """1 is smallest, 100 best. Formats without losses accept it and ignore it, with a notice."""

    background: Color = "white"
    """What transparent pixels are laid upon where the format has no transparency."""

    metadata: Literal["none", "copyright", "all"] = "copyright"
    """What is kept of the source's: `copyright` keeps the EXIF entries Copyright and Artist; `all`
    keeps EXIF, XMP and IPTC, except previews and maker notes, which may show what the operations
    removed. GIF holds none, TIFF no EXIF beyond those two, and only JPEG and TIFF hold IPTC."""

    max_bytes: MostBytes | None = None
    """The most bytes that the file may have, or `{"base64": N}` for N characters of base64 text.
    The quality is lowered down to `min_quality` to meet it; then, with `shrink`, the size; else
    the job fails and tells what was reached."""

    shrink: bool = False
    """Whether the picture may be made smaller, in its proportions, to meet `max_bytes`."""

    if_larger: Literal["keep", "original"] = "keep"
    """What to do if the result is larger than the source: `original` returns the source itself,
    where the operations changed no pixel and it is all that is asked; else the job fails."""

    delivery: AnyDelivery = Auto()
    """Where the result goes. `auto` is into the answer as a data URI while it fits there, else
    into the bucket that is set up; `base64` and `data_uri` are always into the answer. Elsewhere:
    `{"put": URL}`, `{"post": {"url": ..., "fields": {...}}}`, `{"s3": {"bucket": ..., "key": ...}}`
    or `{"path": ...}`."""

    @model_validator(mode="after")
    def _shrinks_for_a_reason(self) -> Self:
        if self.shrink and self.max_bytes is None:
            raise ValueError('expected "max_bytes" beside "shrink", got none')
        return self

    @property
    def loses(self) -> bool:
        """Whether what is written differs from the picture, as much as `quality` says."""
        return self.lossy

    @property
    def heeds_quality(self) -> bool:
        """Whether `quality` changes anything."""
        return self.loses

    @property
    def used_quality(self) -> int | None:
        """The quality with which it is written, where that means anything."""
        return self.quality if self.loses and self.quality != "auto" else None

    @property
    def resizes(self) -> bool:
        """Whether the size of the result can depend on its bytes."""
        return self.shrink

    @property
    def most_bytes(self) -> int | None:
        """The most bytes that the file may have."""
        return self.max_bytes.bytes if isinstance(self.max_bytes, Base64Length) else self.max_bytes

    def encode(self, picture: Picture) -> bytes:
        """Return the bytes of the file."""
        raise NotImplementedError

    def cost(self, size: Size) -> float:
        """Return the CPU seconds that writing one frame of that size takes, by estimate."""
        return self.seconds_per_megapixel * size.megapixels


class Profiled(Output):
    """A format that can say which colours its numbers mean, and how large it is on paper."""

    color_profile: Profile = "srgb"
    """Colours of the file: `srgb` without an embedded profile, `p3` (Display P3), or `keep` for
    the source's own, which is embedded again. Writing 8 bits twice costs up to 2 levels."""

    dpi: Annotated[float, Field(ge=1, le=65_535)] | None = None
    """Pixels per inch that the file states. Default: nothing in particular."""


class Lossy(Profiled):
    """A format with losses, more or fewer."""

    quality: AnyQuality | None = None
    """1 is smallest, 100 best; `auto` is the lowest that is as like the picture as `min_ssim`."""

    min_ssim: Annotated[float, Field(gt=0, lt=1)] = 0.99
    """How like the picture the result is with quality `auto`: the structural similarity of the
    luma, both shrunk to half their size; 1 is the same. At 0.99 (JPEG 56 to 70, WebP 76 to 92 on
    photographs) no difference was seen at twice the size; at 0.985 (JPEG 38 to 58) blocks show in
    skies, at 0.98 (JPEG 30 to 48) in faces too."""

    min_quality: Quality = 30
    """The lowest quality that `auto` and `max_bytes` may come to."""

    @model_validator(mode="after")
    def _measures_for_a_reason(self) -> Self:
        if self.quality == "auto" and not self.loses:
            raise ValueError('expected a number or nothing beside "lossless", got "auto"')
        if "min_ssim" in self.model_fields_set and self.quality != "auto":
            raise ValueError('expected the quality "auto" beside "min_ssim", got a number')
        return self

    @property
    def level(self) -> int:
        """The quality as a number; the best where it is still looked for."""
        return self.quality if isinstance(self.quality, int) else _BEST

    def at(self, quality: int) -> Self:
        """Return the same at another quality."""
        return self.model_copy(update={"quality": quality})

    def quick(self) -> Self:
        """Return what encodes alike, in less time, to look for a quality with."""
        return self


class Animated(Output):
    """A format that can hold several frames."""

    animates = True

    loop: Annotated[int, Field(ge=0, le=65_535)] | None = None
    """How often an animation plays; 0 is for ever. Default: as the source."""

    delay: Delay | None = None
    """Milliseconds that each frame is shown, or a list with one number a frame. GIF counts in
    steps of 10. Default: as the source."""


def kept(image: pyvips.Image) -> int:
    """Return the kinds of metadata that an encoder shall write; none unless `keeping` said so."""
    return said(image, _KEPT, int(pyvips.ForeignKeep.NONE))


def keeping(image: pyvips.Image, kinds: int) -> pyvips.Image:
    """Return the image with these kinds of metadata marked as to be written."""
    image = image.copy()
    image.set_type(pyvips.GValue.gint_type, _KEPT, kept(image) | kinds)
    return image


def with_blob(image: pyvips.Image, name: str, blob: Any) -> pyvips.Image:
    """Return the image with these bytes under that name."""
    image = image.copy()
    image.set_type(pyvips.GValue.blob_type, name, blob)
    return image


def joined(picture: Picture) -> pyvips.Image:
    """Return all frames as the tall strip that libvips' savers write animations from."""
    if len(picture.frames) == 1:
        return picture.image
    strip = pyvips.Image.arrayjoin(list(picture.frames), across=1).copy()
    strip.set_type(pyvips.GValue.gint_type, "page-height", picture.size.height)
    strip.set_type(pyvips.GValue.gint_type, "loop", picture.loop)
    if picture.delays:
        strip.set_type(pyvips.GValue.array_int_type, "delay", list(picture.delays))
    return strip
