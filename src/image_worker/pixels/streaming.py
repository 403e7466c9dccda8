"""Pictures made row by row while somebody reads them, so that they are never held whole."""

from __future__ import annotations

import struct
import zlib
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

import pyvips

from image_worker.picture import FAILURES, forget_failure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from image_worker.fields import Size

_START = b"\x89PNG\r\n\x1a\n"
_KINDS = {1: 0, 2: 4, 3: 2, 4: 6}
"""How PNG calls pictures with so many bands."""
_COLOURED = (3, 4)
_UNCOMPRESSED = 0


_FAILED: ContextVar[list[Exception]] = ContextVar("what made rows fail")


@contextmanager
def telling() -> Iterator[None]:
    """Raise what made rows fail, where libvips only knows that something in the block did."""
    failed: list[Exception] = []
    token = _FAILED.set(failed)
    try:
        yield
    except FAILURES:
        if not failed:
            raise
        forget_failure()
        raise failed[0] from None
    finally:
        _FAILED.reset(token)


def streamed(size: Size, bands: int, rows: Iterator[bytes]) -> pyvips.Image:
    """Return a picture of `uchar` whose rows come in any number at a time, from top to bottom.

    It can be read once. Where the rows end early or fail, reading fails.
    """
    source, waiting = pyvips.SourceCustom(), bytearray()
    parts, failed = _png(size, bands, rows), _FAILED.get([])

    def read(length: int) -> bytes:
        try:
            while not waiting:
                waiting.extend(next(parts))
        except StopIteration:
            return b""
        except Exception as error:  # noqa: BLE001 - libvips cannot hand it on
            failed.append(error)
            return b""
        taken = bytes(memoryview(waiting)[:length])
        del waiting[:length]
        return taken

    source.on_read(read)
    image = pyvips.Image.new_from_source(source, "", access="sequential", fail_on="error")
    return image.copy(interpretation="srgb" if bands in _COLOURED else "b-w")


def _png(size: Size, bands: int, rows: Iterator[bytes]) -> Iterator[bytes]:
    """Yield a PNG (ISO/IEC 15948) that stores its pixels as they are."""
    yield _START
    yield _chunk(b"IHDR", struct.pack(">IIBBBBB", *size, 8, _KINDS[bands], 0, 0, 0))
    packing = zlib.compressobj(_UNCOMPRESSED)
    length = size.width * bands
    for some in rows:
        filtered = b"".join(
            b"\0" + some[start : start + length] for start in range(0, len(some), length)
        )
        yield _chunk(b"IDAT", packing.compress(filtered))
    yield _chunk(b"IDAT", packing.flush())
    yield _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    check = zlib.crc32(data, zlib.crc32(kind))
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)
