"""What files say of themselves."""

from __future__ import annotations

import io
import json
import random
import struct
from typing import Any

import pytest
import pyvips
from PIL import Image, ImageCms, TiffImagePlugin

from image_worker.analysis.icc import profile
from image_worker.analysis.iptc import fields_of as iptc_fields
from image_worker.analysis.xmp import fields_of as xmp_fields
from tests.analysis.measuring import answer, fact, facts
from tests.pictures import encoded, gradient, quarters

Ratio = TiffImagePlugin.IFDRational
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def exif() -> Image.Exif:
    fields = Image.Exif()
    fields[0x010F], fields[0x0112], fields[0x8298] = "Ca (no) (n", 6, "(c) Me"
    fields[0x0131] = "Müller ©".encode()
    shot = fields.get_ifd(0x8769)
    shot[0x829A], shot[0x8827], shot[0x9201] = Ratio(1, 250), 400, Ratio(-3, 2)
    shot[0xA432] = (Ratio(24), Ratio(70), Ratio(0, 0), Ratio(28, 10))
    shot[0x927C] = b"secret of the maker"
    place = fields.get_ifd(0x8825)
    place[1], place[2] = "S", (Ratio(51), Ratio(30), Ratio(1234, 100))
    place[3], place[4] = "W", (Ratio(0), Ratio(7), Ratio(5))
    place[5], place[6] = b"\1", Ratio(351, 10)
    return fields


WITH_EXIF = {
    "JPEG": encoded(quarters(), "JPEG", exif=exif()),
    "PNG": encoded(quarters(), "PNG", exif=exif()),
    "WEBP": encoded(quarters(), "WEBP", exif=exif()),
    "AVIF": encoded(quarters(), "AVIF", exif=exif()),
}


@pytest.mark.parametrize("data", WITH_EXIF.values(), ids=WITH_EXIF)
def test_exif_is_decoded(data: bytes) -> None:
    said = fact(data, "exif")
    assert said["Make"] == "Ca (no) (n"
    assert said["Copyright"] == "(c) Me"
    assert said["Software"] == "Müller ©"
    assert said["ExposureTime"] == 0.004
    assert said["ISOSpeedRatings"] == 400
    assert said["ShutterSpeedValue"] == -1.5
    assert said["LensSpecification"] == [24, 70, None, 2.8]
    assert "MakerNote" not in said


@pytest.mark.parametrize("data", WITH_EXIF.values(), ids=WITH_EXIF)
def test_the_place_is_told_only_when_asked_for(data: bytes) -> None:
    assert "gps" not in json.dumps(fact(data, "exif")).lower()
    place = fact(data, "exif", gps=True)["gps"]
    assert place["latitude"] == pytest.approx(-(51 + 30 / 60 + 12.34 / 3600), abs=1e-6)
    assert place["longitude"] == pytest.approx(-(7 / 60 + 5 / 3600), abs=1e-6)
    assert place["altitude"] == -35.1


def test_a_file_without_metadata_says_so() -> None:
    said = facts(encoded(quarters()), ["exif", "iptc", "xmp", "icc"])
    assert said == {"exif": {}, "iptc": {}, "xmp": {}, "icc": None}


XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<m:xmpmeta xmlns:m="adobe:ns:meta/">
 <R:RDF xmlns:R="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <R:Description R:about="" xmlns:d="http://purl.org/dc/elements/1.1/"
    xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:exif="http://ns.adobe.com/exif/1.0/"
    xmlns:mm="http://ns.adobe.com/xap/1.0/mm/" xmlns:ref="http://ns.adobe.com/xap/1.0/sType/ResourceRef#"
    xmlns:own="http://example.com/own/" xmp:Rating="5" exif:GPSLatitude="51,30N">
   <d:title><R:Alt><R:li xml:lang="de">Hallo</R:li><R:li xml:lang="x-default">Hello</R:li></R:Alt></d:title>
   <d:subject><R:Bag><R:li>a &amp; b</R:li><R:li>c</R:li></R:Bag></d:subject>
   <mm:DerivedFrom R:parseType="Resource"><ref:documentID>x1</ref:documentID></mm:DerivedFrom>
   <mm:Pantry><R:Description ref:instanceID="7"/></mm:Pantry>
   <own:Latitude>51.5</own:Latitude><own:colour>blue</own:colour>
  </R:Description>
 </R:RDF>
</m:xmpmeta>""".encode()  # noqa: E501 - as files have it


def test_xmp_is_read_with_its_usual_prefixes() -> None:
    said = fact(encoded(quarters(), "WEBP", xmp=XMP), "xmp")
    assert said == {
        "xmp:Rating": "5",
        "dc:title": "Hello",
        "dc:subject": ["a & b", "c"],
        "xmpMM:DerivedFrom": {"stRef:documentID": "x1"},
        "xmpMM:Pantry": {"stRef:instanceID": "7"},
        "http://example.com/own/:colour": "blue",
    }
    told = fact(encoded(quarters(), "JPEG", xmp=XMP), "xmp", gps=True)
    assert told["exif:GPSLatitude"] == "51,30N"


def rdf(inside: str) -> bytes:
    space = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    inside = f"<r:Description>{inside}</r:Description>"
    return f'<r:RDF xmlns:r="{space}" xmlns:a="x">{inside}</r:RDF>'.encode()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe\x00",
        b"<x>",
        b"<x>&unknown;</x>",
        b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>' + rdf("<a:x>&b;</a:x>"),
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd">' + rdf("<a:x>1</a:x>"),
        rdf("<a:x>1</a:x>" + " " * 1_000_000),
    ],
    ids=["empty", "binary", "cut off", "entity", "bomb", "external", "too long"],
)
def test_xmp_that_must_not_be_is_not_read(data: bytes) -> None:
    assert xmp_fields(data) == {}


def test_deep_xmp_is_cut() -> None:
    said: Any = xmp_fields(rdf("<a:x>" * 50_000 + "</a:x>" * 50_000))
    depth = 0
    while said:
        said, depth = said["x:x"], depth + 1
    assert 10 < depth < 20


def dataset(record: int, number: int, value: bytes) -> bytes:
    return struct.pack(">BBBH", 0x1C, record, number, len(value)) + value


IPTC = b"".join(
    (
        dataset(1, 90, b"\x1b%G"),
        dataset(2, 105, "Große Sache".encode()),
        dataset(2, 25, b"cat"),
        dataset(2, 25, b"dog"),
        dataset(2, 199, b"unknown"),
        dataset(2, 90, b"Rome"),
    )
)


def resource(kind: int, body: bytes) -> bytes:
    padding = b"\0" * (len(body) % 2)
    return b"8BIM" + struct.pack(">HHI", kind, 0, len(body)) + body + padding


def test_iptc_is_found_among_photoshops_resources() -> None:
    block = b"Photoshop 3.0\0" + resource(0x03ED, b"abc") + resource(0x0404, IPTC)
    data = encoded(quarters(), "JPEG")
    data = data[:2] + b"\xff\xed" + struct.pack(">H", len(block) + 2) + block + data[2:]
    expected = {"headline": "Große Sache", "keywords": ["cat", "dog"], "city": "Rome"}
    assert fact(data, "iptc") == expected
    assert iptc_fields(IPTC) == expected
    assert iptc_fields(dataset(2, 90, "Köln".encode("latin-1"))) == {"city": "Köln"}


def test_the_profile_is_described() -> None:
    expected = ImageCms.ImageCmsProfile(io.BytesIO(SRGB)).profile
    said = fact(encoded(quarters(), "PNG", icc_profile=SRGB), "icc")
    assert said["description"] == expected.profile_description
    assert said["version"] == f"{expected.version:.1f}"
    assert said["colour_space"] == expected.xcolor_space.strip()
    assert said["connection_space"] == expected.connection_space.strip()
    assert (said["class"], said["size"]) == ("display", len(SRGB))


def test_a_profile_of_version_2_is_described() -> None:
    image = pyvips.Image.black(8, 8, bands=3).copy(interpretation="srgb")
    data = image.icc_export(output_profile="p3").pngsave_buffer()
    said = fact(bytes(data), "icc")
    inside = pyvips.Image.new_from_buffer(data, "").get("icc-profile-data")
    expected = ImageCms.ImageCmsProfile(io.BytesIO(bytes(inside))).profile
    assert said["description"] == expected.profile_description


@pytest.mark.parametrize(
    ("read", "seed"), [(xmp_fields, XMP), (iptc_fields, IPTC), (profile, SRGB)], ids=["x", "i", "c"]
)
def test_damaged_metadata_never_fails(read: Any, seed: bytes) -> None:
    chance = random.Random(4)  # noqa: S311 - damage, not a secret
    for _ in range(500):
        data = bytearray(seed)
        for _ in range(chance.choice((1, 4, 16))):
            data[chance.randrange(len(data))] = chance.choice((0, 255, chance.randrange(256)))
        cut = data[: max(128, chance.randrange(2 * len(data)))]
        json.dumps(read(bytes(cut)), allow_nan=False)


def test_the_header_of_a_jpeg() -> None:
    image = gradient((60, 40))
    said = fact(
        encoded(image, "JPEG", exif=exif(), progressive=True, subsampling="4:2:2", dpi=(300, 300)),
        "header",
    )
    assert said == {
        "width": 40, "height": 60, "pages": 1, "delays": [], "bands": 3, "depth": 8,
        "colour_space": "srgb", "has_alpha": False, "dpi": 300, "orientation": 6,
        "progressive": True, "subsampling": "4:2:2",
    }  # fmt: skip


def test_the_header_of_other_files() -> None:
    frames = [quarters(), quarters("L").convert("RGB")]
    gif = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=[40, 90])
    said = fact(gif, "header")
    assert (said["pages"], said["delays"]) == (2, [40, 90])
    assert said["height"] == 48
    deep = pyvips.Image.black(5, 4).cast("ushort").copy(interpretation="grey16").pngsave_buffer()
    assert fact(bytes(deep), "header")["depth"] == 16
    plain = fact(encoded(quarters("LA"), "PNG"), "header")
    assert (plain["has_alpha"], plain["dpi"], plain["subsampling"]) == (True, None, None)
    assert fact(encoded(quarters("CMYK"), "JPEG"), "header")["colour_space"] == "cmyk"


def test_metadata_of_a_truncated_file_needs_no_pixels() -> None:
    data = encoded(gradient((600, 400)), "JPEG", dpi=(144, 144))
    said = answer(data[: len(data) // 2], ["header", "exif"])
    assert said["success"], said
    assert said["analysis"]["header"]["dpi"] == 144


@pytest.mark.parametrize("name", ["4:4:4", "4:2:2", "4:2:0"])
def test_the_subsampling_is_exact(name: str) -> None:
    data = encoded(gradient((60, 40)), "JPEG", subsampling=name)
    assert fact(data, "header")["subsampling"] == name
    assert fact(encoded(gradient().convert("L"), "JPEG"), "header")["subsampling"] is None


def test_a_resolution_is_told_only_where_the_file_says_it() -> None:
    for kind in ("JPEG", "PNG", "TIFF", "WEBP"):
        assert fact(encoded(quarters(), kind), "header")["dpi"] is None
        if kind != "WEBP":
            told = fact(encoded(quarters(), kind, dpi=(150, 150)), "header")["dpi"]
            assert told == pytest.approx(150, abs=0.02)
