"""AVIF."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, model_validator

from image_worker.formats.base import Lossy, kept
from image_worker.formats.reading import Reader
from image_worker.formats.values import WHOLE, AnyQuality, Subsampling

if TYPE_CHECKING:
    from image_worker.fields import Size
    from image_worker.picture import Picture

_BRANDS = (b"avif", b"avis", b"mif1", b"miaf")

READER = Reader(
    name="AVIF",
    mime="image/avif",
    loader="heifload_source",
    seconds_per_megapixel=0.05,
    matches=lambda head: head[4:8] == b"ftyp" and any(brand in head[8:40] for brand in _BRANDS),
)


class Avif(Lossy):
    """AVIF, for the web: the smallest photographs, slow to write."""

    name = "AVIF"
    saver = "heifsave_buffer"
    mime = "image/avif"
    suffix = ".avif"
    longest_side = 16_384
    seconds_per_megapixel = 0.25

    quality: AnyQuality = 60
    """1 is smallest, 100 best; `auto` is the lowest that is as like the picture as `min_ssim`."""

    color_profile: Literal["srgb", "p3", "keep"] = "srgb"
    """Colours of the file: `srgb` without an embedded profile, `p3` (Display P3), or `keep` for
    the source's own, which is embedded again."""

    effort: Annotated[int, Field(ge=0, le=9)] = 2
    """From 0, fast, to 9, small. 4 takes eight times as long as 2 for a tenth fewer bytes; the
    worker's limit `max_avif_effort` holds."""

    lossless: bool = False
    """Whether to keep every level; large and slow."""

    subsampling: Subsampling | None = None
    """Resolution of the colours: `4:2:0` halves it, `4:4:4` keeps all of it. Default: `4:2:0`,
    or `4:4:4` with `lossless`."""

    bitdepth: Annotated[Literal[8, 10, 12], WHOLE] = 8
    """Bits of a level. More than 8 avoid steps in gradients of a low quality."""

    @model_validator(mode="after")
    def _keeps_colours_without_losses(self) -> Self:
        if self.lossless and self.subsampling == "4:2:0":
            raise ValueError('expected the subsampling "4:4:4" beside "lossless", got "4:2:0"')
        return self

    @property
    def loses(self) -> bool:
        """Whether `quality` means anything."""
        return not self.lossless

    def cost(self, size: Size) -> float:
        """Return twice as much for each step of effort, and again without losses."""
        seconds = self.seconds_per_megapixel * 2.0**self.effort * (2 if self.lossless else 1)
        return seconds * size.megapixels

    def quick(self) -> Self:
        """Return the same at effort 0, which is five times as fast as 2."""
        return self.model_copy(update={"effort": 0})

    def encode(self, picture: Picture) -> bytes:
        """Write one picture."""
        image, full = picture.image, self.lossless or self.subsampling == "4:4:4"
        return bytes(
            image.heifsave_buffer(
                Q=self.level,
                lossless=self.lossless,
                compression="av1",
                effort=self.effort,
                subsample_mode="off" if full else "on",
                bitdepth=self.bitdepth,
                keep=kept(image),
            )
        )
