"""What is refused, and by which name."""

from __future__ import annotations

import struct
from typing import Any

import pytest
import pyvips
from PIL import Image

from image_worker import process
from image_worker.errors import ImageWorkerError, TooManyFramesError
from image_worker.formats.gif import READER as GIF
from image_worker.formats.tiff import READER as TIFF
from image_worker.limits import Limits
from tests.job.making import text_of, worker
from tests.pictures import encoded, noise, quarters
from tests.pipeline.awkward import animation, png_header, vips


def refused(data: bytes, *operations: dict[str, Any], **more: Any) -> str:
    with pytest.raises(ImageWorkerError) as caught:
        process(data, operations, **more)
    return caught.value.code


def whole(kind: str) -> bytes:
    if kind == "AVIF":
        return bytes(vips(noise()).heifsave_buffer(compression="av1", effort=0))
    if kind == "JPEG progressive":
        return encoded(noise(), "JPEG", progressive=True)
    if kind == "GIF animation":
        return animation("GIF")
    if kind == "WEBP animation":
        return animation("WEBP")
    return encoded(noise(), kind)


@pytest.mark.parametrize("size", [(20_000, 15_000), (65_501, 2), (1, 70_000), (2**31 - 1, 1)])
def test_a_header_that_claims_too_much_is_refused_before_decoding(size: tuple[int, int]) -> None:
    assert refused(png_header(*size)) in {"image_too_large", "image_corrupt"}


def test_300_megapixels_are_too_large() -> None:
    assert refused(png_header(20_000, 15_000)) == "image_too_large"


@pytest.mark.parametrize("progressive", [True, False])
def test_a_progressive_jpeg_is_admitted_by_what_its_decoder_will_hold(progressive: bool) -> None:  # noqa: FBT001
    data = encoded(quarters(size=(400, 300)), "JPEG", progressive=progressive)
    limits = {"max_decoder_bytes": 400 * 300 * 4 - 1}
    answer = worker().answer({"image": {"base64": text_of(data)}, "limits": limits})
    assert answer["success"] is not progressive
    if progressive:
        assert (answer["code"], answer["path"]) == ("image_too_large", "image")


def test_too_many_frames_are_refused() -> None:
    assert refused(animation("GIF"), limits={"max_frames": 3}) == "too_many_frames"


def tiff_of_pages(count: int, *, order: str = "<", big: bool = False, back_to: int = 0) -> bytes:
    """Return a TIFF whose empty pages follow each other; the last may lead back to an earlier."""
    start, entries, step = (16, "Q", 16) if big else (8, "H", 6)
    mark = b"II" if order == "<" else b"MM"
    head = struct.pack(f"{order}HHHQ", 43, 8, 0, start) if big else struct.pack(f"{order}HI", 42, 8)
    places = [start + index * step for index in range(1, count)]
    last = start + (back_to - 1) * step if back_to else 0
    pages = (struct.pack(f"{order}{entries}{'Q' if big else 'I'}", 0, at) for at in (*places, last))
    return mark + head + b"".join(pages)


@pytest.mark.parametrize(
    "data",
    [
        tiff_of_pages(100_000),
        tiff_of_pages(301, order=">"),
        tiff_of_pages(301, big=True),
        tiff_of_pages(301, order=">", big=True),
        tiff_of_pages(5, back_to=2),
    ],
    ids=["100,000", "big-endian", "big", "big and big-endian", "in a circle"],
)
def test_pages_of_a_tiff_are_counted_before_it_is_opened(data: bytes) -> None:
    with pytest.raises(TooManyFramesError):
        TIFF.inspect(data, Limits())
    assert refused(data) == "too_many_frames"


def test_as_many_pages_as_allowed_are_let_through() -> None:
    assert TIFF.inspect(tiff_of_pages(300), Limits()) == 1


def test_frames_of_a_gif_are_counted_before_it_is_opened() -> None:
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    head = b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    data = head + frame * 100_000 + b";"
    with pytest.raises(TooManyFramesError):
        GIF.inspect(data, Limits())
    assert refused(data) == "too_many_frames"
    assert refused(head + b"\x2c" + bytes(10) + b"\x01\x00" * 600_000) == "image_corrupt"


def test_all_frames_together_are_limited() -> None:
    data = animation("GIF")
    four = 64 * 48 * 4 / 1e6
    limits = {"max_total_megapixels": four * 0.9}
    assert refused(data, output={"format": "GIF"}, limits=limits) == "image_too_large"
    assert process(data, output={"format": "PNG"}, limits=limits).size == (64, 48)


@pytest.mark.parametrize(
    ("bands", "kind", "refusal"),
    [
        (5, "uchar", None),
        (6, "uchar", "image_too_large"),
        (12, "uchar", "image_too_large"),
        (3, "float", None),
        (4, "float", "image_too_large"),
        (4, "ushort", None),
    ],
)
def test_bands_and_bytes_of_pixels_are_limited(bands: int, kind: str, refusal: str | None) -> None:
    image = pyvips.Image.black(100, 100, bands=bands).cast(kind)
    data = bytes(image.tiffsave_buffer())
    limits = {"max_raw_bytes": 100 * 100 * 16 - 1}
    if refusal:
        assert refused(data, limits=limits) == refusal
    else:
        assert process(data, limits=limits).size == (100, 100)


@pytest.mark.parametrize("params", [{"width": 20_000}, {"height": 60_000}])
def test_a_result_that_would_be_too_large_is_refused(params: dict[str, int]) -> None:
    step = {"type": "resize", "params": params}
    assert refused(encoded(noise()), step) == "output_too_large"


@pytest.mark.parametrize("output", ["WEBP", "AVIF"])
def test_a_side_longer_than_the_format_can_store_is_refused(output: str) -> None:
    data = encoded(Image.new("RGB", (17_000, 2)))
    assert refused(data, output={"format": output}) == "output_too_large"


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
@pytest.mark.parametrize(
    "kind",
    ["JPEG", "JPEG progressive", "PNG", "WEBP", "GIF", "TIFF", "AVIF", "GIF animation",
     "WEBP animation"],
)  # fmt: skip
def test_truncated_files_are_corrupt(kind: str, share: float) -> None:
    data = whole(kind)
    part = data[: int(len(data) * share)]
    assert refused(part) == "image_corrupt"
    assert refused(part, {"type": "resize", "params": {"width": 40}}) == "image_corrupt"
    assert refused(part, output={"format": "JSON"}, analyze=True) == "image_corrupt"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "TIFF", "AVIF"])
def test_a_header_alone_is_corrupt(kind: str) -> None:
    assert refused(whole(kind)[:16]) == "image_corrupt"
