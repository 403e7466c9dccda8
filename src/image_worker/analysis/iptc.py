"""IPTC."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

from image_worker.analysis.base import Analyzer, Subject
from image_worker.picture import said

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST = 4096
_MOST = 1000
_RESOURCE = b"8BIM"
_IIM = 0x0404
"""The Photoshop resource that holds IPTC."""
_MARK = 0x1C
_EXTENDED = 0x8000
_HEAD = 5
_ABOUT_RECORD, _APPLICATION = 1, 2
_CHARACTER_SET = 90
_UTF8 = b"\x1b%G"

# IPTC-IIM 4.2, record 2; datasets that may be repeated are lists.
_NAMES = {
    5: "object_name", 7: "edit_status", 10: "urgency", 15: "category", 30: "release_date",
    35: "release_time", 40: "special_instructions", 55: "date_created", 60: "time_created",
    62: "digital_creation_date", 63: "digital_creation_time", 65: "originating_program",
    70: "program_version", 90: "city", 92: "sublocation", 95: "province_state",
    100: "country_code", 101: "country_name", 103: "original_transmission_reference",
    105: "headline", 110: "credit", 115: "source", 116: "copyright_notice", 120: "caption",
}  # fmt: skip
_REPEATED = {
    20: "supplemental_categories", 25: "keywords", 80: "bylines", 85: "byline_titles",
    118: "contacts", 122: "writers",
}  # fmt: skip


class Iptc(Analyzer):
    """The IPTC fields of the file: `headline`, `caption`, `keywords`, `copyright_notice`, ...

    Names are those of IPTC-IIM 4.2 in lower case; fields that may be repeated (`keywords`,
    `bylines`, `byline_titles`, `contacts`, `writers`, `supplemental_categories`) are lists. Empty
    where the file has none.
    """

    name = "iptc"
    reads = "header"
    of_file = True

    def measure(self, subject: Subject) -> dict[str, Any]:
        """Return the fields."""
        if subject.stored is None:
            return {}
        return fields_of(bytes(said(subject.stored.image, "iptc-data", b"")))


def fields_of(data: bytes) -> dict[str, Any]:
    """Return the fields of an IPTC record, or of the Photoshop resources around it."""
    found: dict[str, Any] = {}
    utf8 = False
    for record, dataset, value in _datasets(_inside(data)):
        if (record, dataset) == (_ABOUT_RECORD, _CHARACTER_SET):
            utf8 = value == _UTF8
        elif record == _APPLICATION and dataset in _NAMES:
            found.setdefault(_NAMES[dataset], _text(value, utf8=utf8))
        elif record == _APPLICATION and dataset in _REPEATED:
            found.setdefault(_REPEATED[dataset], []).append(_text(value, utf8=utf8))
    return found


def _inside(data: bytes) -> bytes:
    """Return the IPTC record in a list of Photoshop resources."""
    at = data.find(_RESOURCE)
    if at < 0:
        return data
    while data[at : at + 4] == _RESOURCE and len(data) >= at + 12:
        (kind,) = struct.unpack_from(">H", data, at + 4)
        name = data[at + 6] + 1
        start = at + 6 + name + name % 2
        if len(data) < start + 4:
            break
        (length,) = struct.unpack_from(">I", data, start)
        if kind == _IIM:
            return data[start + 4 : start + 4 + length]
        at = start + 4 + length + length % 2
    return b""


def _datasets(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    at = 0
    for _ in range(_MOST):
        if len(data) < at + _HEAD or data[at] != _MARK:
            return
        record, dataset, length = struct.unpack_from(">BBH", data, at + 1)
        if length & _EXTENDED:  # longer than any field that we know
            return
        at += _HEAD + length
        yield record, dataset, data[at - length : at]


def _text(value: bytes, *, utf8: bool) -> str:
    """Return the text; many writers use UTF-8 without saying so, the others Latin-1."""
    cut = value[:_LONGEST]
    try:
        return cut.decode("utf-8", "replace" if utf8 else "strict").strip("\0 ")
    except UnicodeDecodeError:
        return cut.decode("latin-1").strip("\0 ")
