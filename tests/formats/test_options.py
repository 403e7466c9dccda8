"""Each option does what its documentation says."""

from __future__ import annotations

from typing import Any

import pytest
import pyvips

from image_worker import process
from image_worker.errors import InvalidParameterError
from tests.pictures import apart, encoded, levels, opened, photograph
from tests.pipeline.awkward import animation

PHOTO = encoded(photograph("coffee.png", (240, 160)))


def data(name: str, source: bytes = PHOTO, **output: Any) -> bytes:
    return process(source, [], {"format": name, **output}).data


def fields(name: str, **output: Any) -> pyvips.Image:
    return pyvips.Image.new_from_buffer(data(name, **output), "")


def test_progressive_files_are_progressive() -> None:
    assert "progressive" in opened(data("JPEG", progressive=True)).info
    assert "progressive" in opened(data("JPEG", mozjpeg=True)).info
    assert "progressive" not in opened(data("JPEG")).info
    assert opened(data("PNG", progressive=True)).info["interlace"] == 1
    assert opened(data("GIF", progressive=True)).info.get("interlace", 1) == 1


@pytest.mark.parametrize(("subsampling", "sampled"), [("4:2:0", (2, 2)), ("4:4:4", (1, 1))])
def test_subsampling_is_as_asked(subsampling: str, sampled: tuple[int, int]) -> None:
    made = opened(data("JPEG", subsampling=subsampling))
    assert made.layer[0][1:3] == sampled  # type: ignore[attr-defined]  # of JPEG files
    red = photograph("coffee.png", (240, 160))
    half, full = (
        apart(levels(data("AVIF", subsampling=kind, quality=90), "RGB"), levels(red))
        for kind in ("4:2:0", "4:4:4")
    )
    assert full < half


@pytest.mark.parametrize(
    "option", ["mozjpeg", "optimize_coding", "trellis_quantization", "optimize_scans"]
)
def test_more_work_makes_smaller_jpegs(option: str) -> None:
    assert len(data("JPEG", **{option: True})) < len(data("JPEG"))


def test_other_jpeg_options_change_the_file() -> None:
    assert data("JPEG", quantization_table=3) != data("JPEG")
    white = encoded(photograph("rocket.jpg", (64, 48)).point(lambda level: 255 * (level > 99)))
    assert data("JPEG", white, overshoot_deringing=True) != data("JPEG", white)


@pytest.mark.parametrize("name", ["WEBP", "AVIF"])
def test_lossless_keeps_every_level(name: str) -> None:
    before = photograph("coffee.png", (240, 160))
    assert apart(levels(data(name, lossless=True), "RGB"), levels(before)) == 0


def test_near_lossless_is_between() -> None:
    near = data("WEBP", near_lossless=True, quality=40)
    assert len(data("WEBP")) < len(near) < len(data("WEBP", lossless=True))


@pytest.mark.parametrize(
    "option",
    [
        {"effort": 0},
        {"smart_subsample": True},
        {"preset": "text"},
    ],
)
def test_webp_options_change_the_file(option: dict[str, Any]) -> None:
    assert data("WEBP", **option) != data("WEBP")


def test_webp_writes_transparency_with_losses_if_asked() -> None:
    image = photograph("coffee.png", (240, 160)).convert("RGBA")
    image.putalpha(photograph("coffee.png", (240, 160)).convert("L"))
    source = encoded(image)
    assert len(data("WEBP", source, alpha_quality=10)) < len(data("WEBP", source))


@pytest.mark.parametrize("bits", [10, 12])
def test_avif_can_have_more_bits(bits: int) -> None:
    assert fields("AVIF", bitdepth=bits).get("bits-per-sample") == bits
    assert fields("AVIF").get("bits-per-sample") == 8


@pytest.mark.parametrize(
    ("option", "most"),
    [({}, 256), ({"colors": 16}, 16), ({"bitdepth": 1}, 2), ({"effort": 1}, 256)],
)
def test_png_palettes_have_as_many_colours_as_asked(option: dict[str, Any], most: int) -> None:
    made = opened(data("PNG", palette=True, **option))
    assert made.mode == "P"
    assert 1 < len(made.convert("RGB").getcolors(1000) or ()) <= most


def test_png_is_packed_as_asked() -> None:
    assert len(data("PNG", compression=0)) > len(data("PNG", compression=9))
    assert len(data("PNG", filter="sub")) < len(data("PNG"))
    assert len(data("PNG", filter="adaptive")) < len(data("PNG"))
    assert len({data("PNG", palette=True, dither=amount) for amount in (0, 1)}) == 2


@pytest.mark.parametrize("colours", [2, 16, 128])
def test_gif_has_as_many_colours_as_asked(colours: int) -> None:
    made = opened(data("GIF", colors=colours))
    assert len(made.convert("RGB").getcolors(1000) or ()) <= colours


def test_gif_options_change_the_file() -> None:
    assert data("GIF", dither=0) != data("GIF")
    assert data("GIF", effort=1) != data("GIF", effort=7)
    moving = animation("GIF")
    assert opened(data("GIF", moving, inter_frame_max_error=32)).n_frames >= 1  # type: ignore[attr-defined]


@pytest.mark.parametrize("compression", ["none", "deflate", "lzw", "packbits", "jpeg", "webp"])
def test_tiff_is_packed_as_asked(compression: str) -> None:
    made = process(PHOTO, [], {"format": "TIFF", "compression": compression}).rendered
    image = pyvips.Image.new_from_buffer(made.data, "")
    assert (image.width, image.height) == (240, 160)
    assert made.quality == (85 if compression in {"jpeg", "webp"} else None)
    difference = abs(image.numpy().astype(int) - levels(PHOTO, "RGB")).mean()
    assert (difference == 0) == (compression not in {"jpeg", "webp"})
    assert difference < 8


def test_tiff_can_hold_tiles_and_smaller_copies() -> None:
    big = encoded(photograph("coffee.png", (900, 600)))
    assert 322 in opened(data("TIFF", big, tile=True)).tag_v2  # type: ignore[attr-defined]
    assert opened(data("TIFF", big, pyramid=True)).n_frames > 1  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("JPEG", {"lossless": True}),
        ("JPEG", {"effort": 4}),
        ("JPEG", {"quantization_table": 9}),
        ("PNG", {"colors": 16}),
        ("PNG", {"palette": True, "colors": 100}),
        ("PNG", {"palette": True, "colors": 16, "bitdepth": 4}),
        ("PNG", {"compression": 10}),
        ("PNG", {"loop": 1}),
        ("WEBP", {"effort": 7}),
        ("WEBP", {"lossless": True, "near_lossless": True}),
        ("WEBP", {"progressive": True}),
        ("AVIF", {"effort": 10}),
        ("AVIF", {"bitdepth": 9}),
        ("AVIF", {"lossless": True, "subsampling": "4:2:0"}),
        ("GIF", {"color_profile": "p3"}),
        ("GIF", {"effort": 8}),
        ("GIF", {"dpi": 72}),
        ("TIFF", {"compression": "jpeg", "predictor": "horizontal"}),
        ("TIFF", {"delay": 10}),
        ("auto", {"accept": ["BMP"]}),
        ("JSON", {"lossless": True}),
    ],
)
def test_options_that_a_format_does_not_have_are_refused(
    name: str, options: dict[str, Any]
) -> None:
    with pytest.raises(InvalidParameterError, match=r"expected|known key"):
        data(name, **options)


@pytest.mark.parametrize(
    ("name", "options"), [("PNG", {}), ("GIF", {}), ("TIFF", {}), ("WEBP", {"lossless": True})]
)
def test_a_quality_without_meaning_is_told(name: str, options: dict[str, Any]) -> None:
    made = process(PHOTO, [], {"format": name, "quality": 50, **options}).rendered
    assert [notice.code for notice in made.notices] == ["quality_ignored"]
    assert made.quality is None
