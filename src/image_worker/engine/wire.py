"""What goes between an engine and its children: JSON, and bytes in memory files beside it.

Nothing is unpickled: a child that was taken over can lie, but not run code in its parent.
"""

from __future__ import annotations

import json
import os
import socket
import struct
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from image_worker.affine import Affine
from image_worker.picture import Notice
from image_worker.pipeline import Rendered

if TYPE_CHECKING:
    from collections.abc import Sequence

Json = dict[str, Any]

_LENGTH = struct.Struct("<I")
_MOST_FILES = 128
_LARGEST = 64 * 1024 * 1024


def send(connection: socket.socket, message: Json, blobs: Sequence[bytes] = ()) -> None:
    """Send a message with its blobs."""
    text = json.dumps({**message, "sizes": [len(blob) for blob in blobs]}).encode()
    files = [_stored(blob) for blob in blobs]
    try:
        head = _LENGTH.pack(len(text))
        if files:
            socket.send_fds(connection, [head], files)
        else:
            connection.sendall(head)
        connection.sendall(text)
    finally:
        for file in files:
            os.close(file)


def receive(connection: socket.socket) -> tuple[Json, list[bytes]]:
    """Return the next message and its blobs; raises `EOFError` where the other side is gone."""
    head, files, _, _ = socket.recv_fds(connection, _LENGTH.size, _MOST_FILES)
    try:
        head += _exactly(connection, _LENGTH.size - len(head)) if head else b""
        if len(head) < _LENGTH.size:
            raise EOFError
        (length,) = _LENGTH.unpack(head)
        if length > _LARGEST:
            raise EOFError
        message: Json = json.loads(_exactly(connection, length))
        sizes = message.pop("sizes")
        return message, [_loaded(file, size) for file, size in zip(files, sizes, strict=True)]
    finally:
        for file in files:
            os.close(file)


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


def _stored(blob: bytes) -> int:
    file = os.memfd_create("picture", os.MFD_CLOEXEC)
    view = memoryview(blob)
    while view:
        view = view[os.write(file, view) :]
    return file


def _loaded(file: int, size: int) -> bytes:
    if os.fstat(file).st_size != size:
        raise EOFError
    return os.pread(file, size, 0)


def _exactly(connection: socket.socket, length: int) -> bytes:
    parts = []
    while length:
        part = connection.recv(min(length, 1 << 20))
        if not part:
            raise EOFError
        parts.append(part)
        length -= len(part)
    return b"".join(parts)
