"""EXIF data that a library would follow for ever."""

from __future__ import annotations

import struct
import time
from typing import TYPE_CHECKING

import pytest

from image_worker.errors import CorruptImageError
from image_worker.formats.directories import check_exif
from image_worker.formats.jpeg import READER as JPEG
from image_worker.formats.png import READER as PNG
from image_worker.pipeline.header import sniff
from tests.pictures import encoded, noise

if TYPE_CHECKING:
    from image_worker.formats.reading import Reader

EXIF, GPS = 0x8769, 0x8825


def tree(*directories: list[tuple[int, int]], order: str = "<") -> bytes:
    """Return EXIF data of these directories; a value below 10 is the number of a directory."""
    places, place = [], 8
    for entries in directories:
        places.append(place)
        place += 2 + 12 * len(entries) + 4
    data = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}I", 8)
    for entries in directories:
        data += struct.pack(f"{order}H", len(entries))
        for tag, value in entries:
            data += struct.pack(f"{order}HHII", tag, 4, 1, places[value])
        data += bytes(4)
    return data


@pytest.mark.parametrize("order", "<>")
def test_a_tree_is_a_tree(order: str) -> None:
    check_exif(b"before" + tree([(EXIF, 1), (GPS, 2)], [(0xA005, 3)], [], [], order=order))


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize(
    "directories",
    [([(EXIF, 0)],), ([(EXIF, 1)], [(EXIF, 0)]), ([(EXIF, 1), (GPS, 1)], [])],
    ids=["itself", "each other", "one twice"],
)
def test_a_circle_is_refused(order: str, directories: tuple[list[tuple[int, int]], ...]) -> None:
    with pytest.raises(CorruptImageError):
        check_exif(b"before" + tree(*directories, order=order))


def test_a_flood_of_references_is_refused_at_once() -> None:
    flood = tree([(EXIF, 0)] * 5000)
    started = time.process_time()
    with pytest.raises(CorruptImageError):
        check_exif(flood * 50)
    assert time.process_time() - started < 1


@pytest.mark.parametrize("data", [b"II*\0", b"MM\0*\0\0", b"II*\0\xff\xff\xff\xff", tree([])[:12]])
def test_what_is_cut_off_is_left_to_the_decoder(data: bytes) -> None:
    check_exif(data)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_pictures_pass(kind: str) -> None:
    check_exif(encoded(noise(), kind))


CIRCLE = b"Exif\0\0" + tree([(EXIF, 0)])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_it_is_found_where_each_format_keeps_it(kind: str) -> None:
    data = encoded(noise(), kind, exif=CIRCLE)
    with pytest.raises(CorruptImageError):
        check_exif(data, sniff(data, svg=False).exif(data))


def test_it_is_found_behind_what_a_decoder_skips() -> None:
    data = encoded(noise(), "JPEG", exif=CIRCLE)
    for skipped in (b"\xff" * 9, b"\0nonsense"):
        with pytest.raises(CorruptImageError):
            check_exif(data[:2] + skipped + data[2:], JPEG.exif(data[:2] + skipped + data[2:]))


@pytest.mark.parametrize("reader", [JPEG, PNG], ids=["JPEG", "PNG"])
def test_only_a_part_of_a_large_file_is_searched(reader: Reader) -> None:
    data = encoded(noise(), reader.name)
    assert sum(map(len, reader.exif(data))) < 1000 < len(data)
    for end in range(0, 700, 7):
        list(reader.exif(data[:end]))
