"""Settings of libvips and of the allocator, which hold for the whole process."""

from __future__ import annotations

import functools
import logging
from typing import TYPE_CHECKING, Any

import pyvips

from image_worker.allocator import tame_allocator
from image_worker.formats.base import Output
from image_worker.formats.reading import readers

if TYPE_CHECKING:
    from collections.abc import Iterable

_MMAP_BYTES = 128 * 1024
_TRIM_BYTES = 2 * 1024 * 1024


@functools.cache
def quiet(threads: int = 0) -> None:
    """Keep memory small and logs silent.

    `threads` is the number of threads that libvips uses for one picture; 0 leaves its own choice,
    which is the number of processors.
    """
    logging.getLogger("pyvips").setLevel(logging.WARNING)
    # No operation repeats within a job, so libvips' cache of operations would only hold memory.
    pyvips.cache_set_max(0)
    if threads:
        pyvips.vips_lib.vips_concurrency_set(threads)
    pyvips.error._to_string = _text  # type: ignore[assignment]  # noqa: SLF001 - see there
    _only_promised()
    tame_allocator(mmap_bytes=_MMAP_BYTES, trim_bytes=_TRIM_BYTES)


@functools.cache
def let_svg() -> None:
    """Let SVG be opened, which is blocked until a setting asks for it."""
    _unblock(reader.loader for reader in readers() if reader.on_request)


def _text(pointer: Any) -> str:
    """Return libvips' text of what went wrong, even if it quotes bytes that are not UTF-8.

    pyvips reads the text at each failure, and at every other call just to empty it. Its own reading
    stops at such a byte and leaves the text there: from then on no call works, in any thread.
    """
    text = pyvips.ffi.string(pointer) if pointer != pyvips.ffi.NULL else b""
    return bytes(text).decode(errors="replace")


def _only_promised() -> None:
    """Block every loader and saver of libvips but those of our formats, for the whole process.

    The kind of a file is told by its content before a loader is called by its name, so this is a
    second wall. It is built here, not by the variable `VIPS_BLOCK_UNTRUSTED`, which blocks whatever
    its value is, and blocks too little: `matrixload` counts as trusted.
    """
    for head in ("VipsForeignLoad", "VipsForeignSave"):
        pyvips.operation_block_set(head, True)  # noqa: FBT003 - the signature is that of pyvips
    _unblock(reader.loader for reader in readers() if not reader.on_request)
    _unblock(kind.saver for kind in Output.family if kind.saver)


def _unblock(operations: Iterable[str]) -> None:
    """Unblock the operations of those names, and their kin for files and buffers."""
    for name in operations:
        kind = pyvips.type_find("VipsOperation", name)
        if kind:
            family = pyvips.type_name(kind).removesuffix("Source").removesuffix("Buffer")
            pyvips.operation_block_set(family, False)  # noqa: FBT003 - as above
