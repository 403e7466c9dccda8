"""How files are recognised and opened."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, cast

import pyvips

from image_worker import formats
from image_worker.errors import ImageTooLargeError, TooManyFramesError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from image_worker.fields import Size
    from image_worker.limits import Limits


def _once(data: bytes, limits: Limits) -> int:
    del data, limits
    return 1


def _everywhere(data: bytes) -> Iterable[range]:
    return (range(len(data)),)


def _all_of_it(data: bytes, shrink: int) -> bytes:
    del shrink
    return data


def _one(data: bytes) -> int:
    del data
    return 1


@dataclass(frozen=True, slots=True)
class Reader:
    """How one format is recognised and opened."""

    name: str
    mime: str
    loader: str
    """Name of the libvips operation; all others are blocked."""
    matches: Callable[[bytes], bool]
    """Decides by the first bytes of the file."""
    seconds_per_megapixel: float
    """CPU seconds that reading a megapixel takes; an estimate."""
    on_request: bool = False
    """Whether it is opened only where a setting asks for it."""
    shrinks: Literal["shrink", "scale"] | None = None
    """The loader's option for decoding to a smaller size."""
    paged: bool = False
    """Whether all frames are read where the result can show them."""
    exif: Callable[[bytes], Iterable[range]] = _everywhere
    """Tells where in the file a library would find EXIF data."""
    fail_on: Literal["truncated", "error"] = "truncated"
    """The least damage at which libvips gives up."""
    inspect: Callable[[bytes, Limits], int] = _once
    """Looks at the bytes before libvips does, where its header alone could take long or it would
    take a part for the whole: refuses what is beyond the limits, and returns how many times the
    decoder will go over all pixels."""

    progressive_passes: Callable[[bytes], int] = _one
    """Counts how many times the decoder goes over all pixels of a progressive file."""

    needed: Callable[[bytes, int], bytes] = _all_of_it
    """Leaves out of a file what its decoder, which shrinks by the given factor, has no use for."""

    def open(self, data: bytes, **options: Any) -> pyvips.Image:
        """Open the file; an incomplete one fails now or when its pixels are read."""
        source = pyvips.Source.new_from_memory(data)
        opened = pyvips.Operation.call(self.loader, source, fail_on=self.fail_on, **options)
        image = cast("pyvips.Image", opened)
        # libvips reads from these bytes, without a copy, as long as pixels are made of the image.
        image._references.append(source)  # noqa: SLF001 - as pyvips' own `new_from_source` does
        return image


def check_size(size: Size, limits: Limits) -> None:
    """Refuse a frame with longer sides or more pixels than allowed."""
    if max(size) > limits.max_side:
        raise ImageTooLargeError(
            f"expected sides of at most {limits.max_side} pixels, got {size.width}x{size.height}"
        )
    if size.megapixels > limits.max_input_megapixels:
        raise ImageTooLargeError(
            f"expected at most {limits.max_input_megapixels:g} megapixels, got "
            f"{size.megapixels:.1f} ({size.width}x{size.height})"
        )


def check_frames(frames: int, limits: Limits) -> None:
    """Refuse more frames, or pages, than allowed; a count may stop at the first too many."""
    if frames > limits.max_frames:
        raise TooManyFramesError(f"expected at most {limits.max_frames} frames, got more")


@cache
def readers() -> tuple[Reader, ...]:
    """Return the readers of all formats."""
    names = (module.name for module in pkgutil.iter_modules(formats.__path__))
    modules = (importlib.import_module(f"{formats.__name__}.{name}") for name in names)
    return tuple(module.READER for module in modules if hasattr(module, "READER"))
