"""How a kept value is written into a file, so that nothing but what was written is ever read."""

from __future__ import annotations

import hashlib
import json
import struct
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

Json = dict[str, Any]

MAGIC = b"IWKEPT1\n"
"""What every file begins with; another layout has another number."""

_DIGEST_BYTES = hashlib.sha256().digest_size
_LENGTH = struct.Struct("<Q")
_HEAD_BYTES = len(MAGIC) + _DIGEST_BYTES


def pack(name: str, facts: Json, blobs: Sequence[bytes]) -> bytes:
    """Return the file for facts and blobs that are kept under this name.

    A digest of the name and of all that follows stands in front.
    """
    head = json.dumps({"facts": facts, "sizes": [len(blob) for blob in blobs]}).encode()
    rest = b"".join((_LENGTH.pack(len(head)), head, *blobs))
    return b"".join((MAGIC, _digest(name, rest), rest))


def unpack(name: str, file: bytes) -> tuple[Json, list[bytes]] | None:
    """Return facts and blobs, or None where the file is not the one that was written."""
    rest = memoryview(file)[_HEAD_BYTES:]
    if not file.startswith(MAGIC) or file[len(MAGIC) : _HEAD_BYTES] != _digest(name, rest):
        return None
    (length,) = _LENGTH.unpack_from(rest)
    start = _LENGTH.size + length
    head = json.loads(bytes(rest[_LENGTH.size : start]))
    blobs = []
    for size in head["sizes"]:
        blobs.append(bytes(rest[start : start + size]))
        start += size
    return head["facts"], blobs


def _digest(name: str, rest: bytes | memoryview) -> bytes:
    digest = hashlib.sha256(f"{name}\n".encode())
    digest.update(rest)
    return digest.digest()
