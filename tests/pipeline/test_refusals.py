"""What is refused, and by which name."""

from __future__ import annotations

from typing import Any

import pytest
from PIL import Image

from image_worker import process
from image_worker.errors import ImageWorkerError
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
