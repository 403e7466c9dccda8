"""Colour profile."""

from __future__ import annotations

import struct
from typing import Any

from image_worker.analysis.base import Analyzer, Subject
from image_worker.picture import said

_HEADER = 128
_TAG = 12
_MOST_TAGS = 100
_LONGEST = 256
_CLASSES = {
    b"scnr": "input", b"mntr": "display", b"prtr": "output", b"link": "link", b"spac": "space",
    b"abst": "abstract", b"nmcl": "named",
}  # fmt: skip


class Icc(Analyzer):
    """The colour profile in the file; null where it has none, which means sRGB.

    `description` as its maker named it, `colour_space` of its pixels such as `RGB`, `GRAY` or
    `CMYK`, `connection_space`, `class` (`display`, `input`, `output`, ...), `version` such as
    `4.3`, and `size` in bytes.
    """

    name = "icc"
    reads = "header"
    of_file = True

    def measure(self, subject: Subject) -> dict[str, Any] | None:
        """Return what the profile says of itself."""
        data = bytes(said(subject.stored.image, "icc-profile-data", b"")) if subject.stored else b""
        return profile(data) if len(data) >= _HEADER else None


def profile(data: bytes) -> dict[str, Any]:
    """Return what the header and the description of a profile say (ICC.1:2022)."""
    return {
        "description": _description(data),
        "colour_space": _ascii(data[16:20]),
        "connection_space": _ascii(data[20:24]),
        "class": _CLASSES.get(data[12:16], _ascii(data[12:16])),
        "version": f"{data[8]}.{data[9] >> 4}",
        "size": len(data),
    }


def _description(data: bytes) -> str | None:
    try:
        (count,) = struct.unpack_from(">I", data, _HEADER)
        for index in range(min(count, _MOST_TAGS)):
            at = _HEADER + 4 + index * _TAG
            name, start, length = struct.unpack_from(">4sII", data, at)
            if name == b"desc":
                return _text(data[start : start + length])
    except struct.error:
        pass
    return None


def _text(tag: bytes) -> str | None:
    """Return the text of a description of version 2 (`desc`) or 4 (`mluc`, the first language)."""
    if tag.startswith(b"desc"):
        (length,) = struct.unpack_from(">I", tag, 8)
        return _ascii(tag[12 : 12 + min(length, _LONGEST)])
    if tag.startswith(b"mluc"):
        length, start = struct.unpack_from(">II", tag, 20)
        return tag[start : start + min(length, 2 * _LONGEST)].decode("utf-16-be", "replace")
    return None


def _ascii(data: bytes) -> str:
    return data.split(b"\0")[0].decode("ascii", "replace").strip()
