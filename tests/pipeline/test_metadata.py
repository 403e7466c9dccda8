"""What is kept of the source's metadata, as Pillow reads it."""

from __future__ import annotations

import io
import struct
from typing import Any

import pytest
from PIL import Image

from image_worker import process
from image_worker.pipeline import exif
from tests.pictures import encoded, opened, photograph

COPYRIGHT, ARTIST, MAKE, ORIENTATION = 0x8298, 0x013B, 0x010F, 0x0112
DETAILS, PLACE = 0x8769, 0x8825
SECRET = b"PREVIEW-OF-WHAT-WAS-CUT"
HOLD_EXIF = ("JPEG", "PNG", "WEBP", "AVIF")
XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><xmp:Thumbnails>%s</xmp:Thumbnails>kept</x:xmpmeta>"
IPTC = b"\x1c\x02\x74\x00\x05owner"
RESOURCES = (
    b"Photoshop 3.0\0"
    b"8BIM\x04\x0c\0\0" + struct.pack(">I", len(SECRET)) + SECRET + b"\0"
    b"8BIM\x04\x04\0\0" + struct.pack(">I", len(IPTC)) + IPTC
)


def told(*, order: str = "<") -> bytes:
    """Return a JPEG file, 160x120 once it is upright, that says much."""
    tags = Image.Exif()
    tags.endian = order
    tags[COPYRIGHT], tags[ARTIST] = "(C) Me, 2024 (all rights)", "Ann Artist"
    tags[MAKE], tags[ORIENTATION] = "CameraMaker", 6
    tags[DETAILS] = {0x9003: "2020:01:01 00:00:00", 0x927C: SECRET * 20, 0xA002: 99, 0xA003: 88}
    tags[PLACE] = {1: "N", 2: (1.0, 2.0, 3.0)}
    image = photograph("coffee.png", (120, 160))
    data = encoded(image, "JPEG", exif=with_thumbnail(tags.tobytes()), xmp=XMP % SECRET)
    segment = b"\xff\xed" + struct.pack(">H", len(RESOURCES) + 2) + RESOURCES
    return data[:2] + segment + data[2:]


def with_thumbnail(block: bytes) -> bytes:
    """Return the block with a second directory that holds a preview."""
    block = block[6:]
    order = "<" if block[:2] == b"II" else ">"
    start = struct.unpack_from(f"{order}I", block, 4)[0]
    count = struct.unpack_from(f"{order}H", block, start)[0]
    place = len(block) + len(block) % 2
    preview = place + 2 + 2 * 12 + 4
    rows = [(0x0201, 4, 1, preview), (0x0202, 4, 1, len(SECRET))]
    directory = struct.pack(f"{order}H", 2)
    directory += b"".join(struct.pack(f"{order}HHII", *row) for row in rows) + bytes(4)
    whole = bytearray(block.ljust(place, b"\0") + directory + SECRET)
    struct.pack_into(f"{order}I", whole, start + 2 + 12 * count, place)
    return b"Exif\0\0" + bytes(whole)


def result(data: bytes, name: str, metadata: str, **output: Any) -> bytes:
    return process(data, [], {"format": name, "metadata": metadata, **output}).data


def entries(data: bytes) -> dict[int, Any]:
    return dict(opened(data).getexif())


def test_the_source_of_these_tests_says_what_it_should() -> None:
    source = told()
    assert entries(source)[MAKE] == "CameraMaker"
    assert source.count(SECRET) == 23
    assert opened(source).getexif().get_ifd(PLACE)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("name", HOLD_EXIF)
def test_copyright_keeps_two_entries_and_nothing_else(name: str, order: str) -> None:
    data = result(told(order=order), name, "copyright")
    assert entries(data) == {COPYRIGHT: "(C) Me, 2024 (all rights)", ARTIST: "Ann Artist"}
    for directory in (DETAILS, PLACE):
        assert not opened(data).getexif().get_ifd(directory)
    assert not {"xmp", "photoshop", "XML:com.adobe.xmp", "icc_profile"} & set(opened(data).info)
    for secret in (SECRET, b"Camera", b"2020:", IPTC):
        assert secret not in data


def test_tiff_keeps_the_two_entries_as_tags_of_its_own() -> None:
    data = result(told(), "TIFF", "copyright")
    image = opened(data)
    assert image.getexif()[COPYRIGHT] == "(C) Me, 2024 (all rights)"
    assert image.getexif()[ARTIST] == "Ann Artist"
    assert MAKE not in image.getexif()
    again = result(data, "JPEG", "copyright")
    assert entries(again) == {COPYRIGHT: "(C) Me, 2024 (all rights)", ARTIST: "Ann Artist"}


def test_gif_says_that_it_cannot_hold_any() -> None:
    made = process(told(), [], {"format": "GIF"}).rendered
    assert [notice.code for notice in made.notices] == ["metadata_left_out"]


@pytest.mark.parametrize("name", HOLD_EXIF)
@pytest.mark.parametrize("value", ["© Ärzte".encode(), "© Ärzte".encode("latin-1"), b"(c)"])
def test_letters_outside_ascii_stay_as_they_are(name: str, value: bytes) -> None:
    block = b"Exif\0\0" + exif.made([exif.Tag(COPYRIGHT, 2, value + b"\0")])
    source = encoded(photograph("coffee.png", (60, 40)), "JPEG", exif=block)
    assert value + b"\0" in result(source, name, "copyright")


@pytest.mark.parametrize("name", [*HOLD_EXIF, "TIFF", "GIF"])
def test_none_keeps_nothing(name: str) -> None:
    data = result(told(), name, "none")
    kept = set(entries(data)) & {COPYRIGHT, ARTIST, MAKE, DETAILS, PLACE}
    assert kept == set()
    for secret in (SECRET, b"Me, 2024", b"Camera", b"kept", IPTC):
        assert secret not in data


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("name", HOLD_EXIF)
def test_all_keeps_what_is_said_but_no_previews(name: str, order: str) -> None:
    data = result(told(order=order), name, "all")
    tags = opened(data).getexif()
    assert (tags[MAKE], tags[COPYRIGHT]) == ("CameraMaker", "(C) Me, 2024 (all rights)")
    assert tags[ORIENTATION] == 1
    details = tags.get_ifd(DETAILS)
    assert details[0x9003] == "2020:01:01 00:00:00"
    assert (details[0xA002], details[0xA003]) == opened(data).size == (160, 120)
    assert 0x927C not in details
    assert tags.get_ifd(PLACE)[2] == (1.0, 2.0, 3.0)
    info = opened(data).info
    assert b"kept</x:xmpmeta>" in (info.get("xmp") or info["XML:com.adobe.xmp"].encode())
    assert SECRET not in data


@pytest.mark.parametrize("name", ["JPEG", "TIFF"])
def test_all_keeps_iptc_where_it_can_be_held(name: str) -> None:
    data = result(told(), name, "all")
    assert IPTC in data
    assert SECRET not in data
    again = result(data, "JPEG", "all")
    assert IPTC in again


def test_all_says_what_a_format_cannot_hold() -> None:
    made = process(told(), [], {"format": "PNG", "metadata": "all"}).rendered
    assert [notice.message for notice in made.notices] == ["PNG cannot hold the source's IPTC"]


@pytest.mark.parametrize("metadata", ["none", "copyright", "all"])
@pytest.mark.parametrize("name", [*HOLD_EXIF, "TIFF"])
def test_dpi_is_stated(name: str, metadata: str) -> None:
    tags = opened(result(told(), name, metadata, dpi=300)).getexif()
    assert (float(tags[0x011A]), float(tags[0x011B])) == pytest.approx((300, 300))
    assert tags[0x0128] == 2


def test_metadata_survives_operations_that_make_new_pictures() -> None:
    steps = [
        {"type": "resize", "params": {"width": 40}},
        {"type": "filter", "params": {"name": "blur"}},
    ]
    data = process(told(), steps, {"format": "WEBP", "max_bytes": 5_000}).data
    assert entries(data)[ARTIST] == "Ann Artist"


@pytest.mark.parametrize("cut", [8, 20, 40, 100, 200, 300])
@pytest.mark.parametrize("metadata", ["copyright", "all"])
def test_damaged_exif_is_no_obstacle(cut: int, metadata: str) -> None:
    tags = Image.Exif()
    tags[COPYRIGHT], tags[MAKE], tags[DETAILS] = "me" * 30, "maker" * 20, {0x9003: "2020" * 10}
    source = encoded(photograph("coffee.png", (40, 30)), "JPEG", exif=tags.tobytes()[:cut])
    assert opened(result(source, "JPEG", metadata)).size == (40, 30)


def test_hostile_directories_do_no_harm() -> None:
    for order in ("<", ">"):
        mark = b"II*\0" if order == "<" else b"MM\0*"
        loop = mark + struct.pack(f"{order}I", 8) + struct.pack(f"{order}HHHII", 1, 0x8769, 4, 1, 8)
        loop += struct.pack(f"{order}I", 8)
        huge = mark + struct.pack(f"{order}IH", 8, 65_535) + bytes(100)
        far = mark + struct.pack(f"{order}I", 0xFFFFFFF0)
        long = mark + struct.pack(f"{order}IHHHII", 8, 1, COPYRIGHT, 2, 0xFFFFFFFF, 8) + bytes(8)
        for block in (loop, huge, far, long, mark, b""):
            assert all(len(tag.value) < 200 for tag in exif.rights(block))
            assert len(exif.cleaned(block, 4, 4)) in {0, len(block)}


def test_more_tags_do_not_move_what_is_there() -> None:
    buffer = io.BytesIO()
    photograph("coffee.png", (50, 30)).save(buffer, "TIFF")
    before = buffer.getvalue()
    after = exif.with_tags(
        before, [exif.Tag(ARTIST, 2, b"me\0"), exif.Tag(COPYRIGHT, 2, b"mine, all\0")]
    )
    image = opened(after)
    assert image.tobytes() == opened(before).tobytes()
    assert (image.getexif()[ARTIST], image.getexif()[COPYRIGHT]) == ("me", "mine, all")
