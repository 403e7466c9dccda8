"""What goes between an engine and its children: JSON, and bytes in memory files beside it.

Nothing is unpickled: a child that was taken over can lie, but not run code in its parent.
"""

from __future__ import annotations

import json
import mmap
import os
import socket
import struct
import time
from contextlib import contextmanager
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, cast

from image_worker.affine import Affine
from image_worker.picture import Notice
from image_worker.pipeline import Rendered

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Json = dict[str, Any]

_LENGTH = struct.Struct("<I")
_MOST_FILES = 4
_LARGEST = 64 * 1024 * 1024
_KEPT_BYTES = 16_000_000
"""Memory that a file keeps for the next message: to get it anew costs more than to fill it."""


class Deadline:
    """A point in time, by a clock that nobody sets."""

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds

    def left(self) -> float:
        """Return the seconds that are left; raises a `TimeoutError` where there are none."""
        seconds = self._ends - time.monotonic()
        if seconds <= 0:
            raise TimeoutError
        return seconds


class Line:
    """One end of a connection; all that is said before the deadline has to be said by then.

    Each end has a memory file for the bytes that it sends, which the other end gets with the first
    message.
    """

    def __init__(
        self, connection: socket.socket, most_bytes: int | None = None, *, trusting: bool = False
    ) -> None:
        """Take the connection, and whether the other end is known to leave what it sent alone."""
        self._connection = connection
        self._most_bytes = most_bytes
        self._trusting = trusting
        self._deadline: Deadline | None = None
        self._ours: int | None = None
        self._theirs: int | None = None

    @contextmanager
    def until(self, deadline: Deadline) -> Iterator[None]:
        """Raise a `TimeoutError` in the block as soon as the deadline is over."""
        self._deadline = deadline
        try:
            yield
        finally:
            self._deadline = None

    def send(self, message: Json, blobs: Sequence[bytes] = ()) -> None:
        """Send a message with its blobs."""
        text = json.dumps({**message, "sizes": [len(blob) for blob in blobs]}).encode()
        head = _LENGTH.pack(len(text))
        known = self._ours is not None
        if self._ours is None:
            self._ours = os.memfd_create("pictures", os.MFD_CLOEXEC)
        _store(self._ours, blobs)
        self._read_up()
        if known:
            self._ready().sendall(head + text)
        else:
            socket.send_fds(self._ready(), [head], [self._ours])
            self._ready().sendall(text)

    def receive(self) -> tuple[Json, list[bytes]]:
        """Return the next message and its blobs; raises `EOFError` where the other side is gone."""
        head, files, _, _ = socket.recv_fds(self._ready(), _LENGTH.size, _MOST_FILES)
        self._take(files)
        head += self._exactly(_LENGTH.size - len(head)) if head else b""
        if len(head) < _LENGTH.size:
            raise EOFError
        (length,) = _LENGTH.unpack(head)
        if length > _LARGEST:
            raise EOFError
        message: Json = json.loads(self._exactly(length))
        return message, self._loaded(message.pop("sizes"))

    def is_quiet(self) -> bool:
        """Tell whether the other side is there and has nothing to say."""
        self._connection.settimeout(0)
        try:
            self._connection.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return True
        except OSError:
            pass
        return False

    def hang_up(self) -> None:
        """Let everybody who waits on this line go on, from any thread."""
        self._connection.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close this end."""
        self._connection.close()
        for file in (self._ours, self._theirs):
            if file is not None:
                os.close(file)
        self._ours = self._theirs = None

    def _take(self, files: list[int]) -> None:
        """Keep the other end's file; nobody has a reason to send another."""
        if files and self._theirs is None:
            self._theirs = files.pop()
        for file in files:
            os.close(file)

    def _ready(self) -> socket.socket:
        self._connection.settimeout(self._deadline.left() if self._deadline else None)
        return self._connection

    def _exactly(self, length: int) -> bytes:
        parts = []
        while length:
            part = self._ready().recv(min(length, 1 << 20))
            if not part:
                raise EOFError
            parts.append(part)
            length -= len(part)
        return b"".join(parts)

    def _loaded(self, sizes: list[int]) -> list[bytes]:
        """Return the blobs, which stay as they are until this end answers."""
        if not sizes:
            return []
        if self._theirs is None or (self._most_bytes and sum(sizes) > self._most_bytes):
            raise EOFError
        read = _mapped if self._trusting else _copied
        blobs, offset = [], 0
        for size in sizes:
            blobs.append(read(self._theirs, size, offset))
            offset += _paged(size)
        if not self._trusting:
            self._read_up()
        return blobs

    def _read_up(self) -> None:
        """Have the other end's file give back its memory, if that is much; nobody reads it now."""
        if self._theirs is not None and os.fstat(self._theirs).st_size > _KEPT_BYTES:
            os.ftruncate(self._theirs, 0)


def rendered_to_json(rendered: Rendered, blobs: list[bytes]) -> Json:
    """Return a result as JSON; its bytes are added to `blobs`."""
    written = {field.name: getattr(rendered, field.name) for field in fields(rendered)}
    blobs.append(written.pop("data"))
    return {
        **written,
        "blob": len(blobs) - 1,
        "notices": [[notice.code, notice.message, notice.path] for notice in rendered.notices],
        "transform": list(rendered.transform) if rendered.transform else None,
        "outputs": {
            name: [rendered_to_json(each, blobs) for each in several]
            for name, several in rendered.outputs.items()
        },
    }


def rendered_from_json(written: Json, blobs: Sequence[bytes]) -> Rendered:
    """Return the result that the JSON stands for."""
    facts = dict(written)
    data = blobs[facts.pop("blob")]
    outputs = facts.pop("outputs")
    notices, transform, steps = facts.pop("notices"), facts.pop("transform"), facts.pop("steps")
    plain = Rendered(data=data, **facts)
    return replace(
        plain,
        steps=tuple(steps),
        notices=tuple(Notice(*notice) for notice in notices),
        transform=Affine(*transform) if transform else None,
        outputs={
            name: tuple(rendered_from_json(each, blobs) for each in several)
            for name, several in outputs.items()
        },
    )


def _store(file: int, blobs: Sequence[bytes]) -> None:
    start = 0
    for blob in blobs:
        view, offset = memoryview(blob), start
        while view:
            written = os.pwrite(file, view, offset)
            view, offset = view[written:], offset + written
        start += _paged(len(blob))


def _paged(size: int) -> int:
    """Return the size with which a blob ends where a page of memory does."""
    return -(-size // mmap.PAGESIZE) * mmap.PAGESIZE


def _copied(file: int, size: int, offset: int) -> bytes:
    """Return a copy, since the other end could change or cut the file meanwhile."""
    blob = os.pread(file, size, offset)
    if len(blob) != size:
        raise EOFError
    return blob


def _mapped(file: int, size: int, offset: int) -> bytes:
    """Return what is in the file without a copy, whose new pages would cost more than its bytes.

    It can be measured, sliced, searched and handed to C as bytes can.
    """
    if not size:
        return b""
    flags = mmap.MAP_SHARED | mmap.MAP_POPULATE
    return cast("bytes", mmap.mmap(file, size, flags, mmap.PROT_READ, offset=offset))
