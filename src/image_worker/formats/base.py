"""What every format has: a way to read it, a way to write it, or both."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, cast

import pyvips
from pydantic import Field

from image_worker import formats
from image_worker.color import Color
from image_worker.component import Component, Family
from image_worker.errors import CorruptImageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from image_worker.picture import Picture

KEEP_NOTHING = pyvips.ForeignKeep.NONE
"""No metadata of the source in the result."""

Quality = Annotated[int, Field(ge=1, le=100)]


class Output(Component, members=Family("format", ignore_case=True)):
    """How the result is written."""

    aliases: ClassVar[tuple[str, ...]] = ()
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

    quality: Quality | None = None
    """1 is smallest, 100 best. Formats without losses accept it and ignore it, with a notice."""

    background: Color = "white"
    """What transparent pixels are laid upon where the format has no transparency."""

    def encode(self, picture: Picture) -> bytes:
        """Return the bytes of the file."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Reader:
    """How one format is recognised and opened."""

    name: str
    mime: str
    loader: str
    """Name of the libvips operation."""
    matches: Callable[[bytes], bool]
    """Decides by the first bytes of the file."""
    shrinks: Literal["shrink", "scale"] | None = None
    """The loader's option for decoding to a smaller size."""
    paged: bool = False
    """Whether all frames are read where the result can show them."""
    fail_on: Literal["truncated", "error"] = "truncated"
    """The least damage at which libvips gives up."""
    complete: Callable[[bytes], bool] | None = None
    """Tells whether the file reaches its end, for a format of which libvips takes any part."""

    def open(self, data: bytes, **options: Any) -> pyvips.Image:
        """Open the file; an incomplete one fails now or when its pixels are read."""
        if self.complete and not self.complete(data):
            raise CorruptImageError(f"the {self.name} file is truncated")
        source = pyvips.Source.new_from_memory(data)
        opened = pyvips.Operation.call(self.loader, source, fail_on=self.fail_on, **options)
        image = cast("pyvips.Image", opened)
        # libvips reads from these bytes, without a copy, as long as pixels are made of the image.
        image._references.append(source)  # noqa: SLF001 - as pyvips' own `new_from_source` does
        return image


@cache
def readers() -> tuple[Reader, ...]:
    """Return the readers of all formats."""
    names = (module.name for module in pkgutil.iter_modules(formats.__path__))
    modules = (importlib.import_module(f"{formats.__name__}.{name}") for name in names)
    return tuple(module.READER for module in modules if hasattr(module, "READER"))


def joined(picture: Picture) -> pyvips.Image:
    """Return all frames as the tall strip that libvips' savers write animations from."""
    if len(picture.frames) == 1:
        return picture.image
    strip = pyvips.Image.arrayjoin(list(picture.frames), across=1).copy()
    strip.set_type(pyvips.GValue.gint_type, "page-height", picture.size.height)
    if picture.delays:
        strip.set_type(pyvips.GValue.array_int_type, "delay", list(picture.delays))
        strip.set_type(pyvips.GValue.gint_type, "loop", picture.loop)
    return strip
