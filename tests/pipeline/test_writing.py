"""Formats that are chosen, colours that are converted, and sources that stand in."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageDraw
from skimage.color import deltaE_ciede2000, rgb2lab

from image_worker import process
from image_worker.errors import ContractError, InvalidParameterError
from tests.pictures import apart, encoded, levels, opened, photograph, quarters
from tests.pipeline.awkward import animation

if TYPE_CHECKING:
    from image_worker.pipeline.rendered import Rendered

NAMES = ("JPEG", "PNG", "WEBP", "AVIF", "TIFF")


def made(data: bytes, operations: tuple[Any, ...] = (), **output: Any) -> Rendered:
    return process(data, operations, output).rendered


def cutout() -> Image.Image:
    image = photograph("coffee.png", (120, 80)).convert("RGBA")
    image.paste((0, 0, 0, 0), (0, 0, 40, 40))
    return image


def screenshot() -> Image.Image:
    image = Image.new("RGB", (320, 200), "#f4f4f8")
    draw = ImageDraw.Draw(image)
    draw.text((20, 20), "Settings", "#202030", font_size=32)
    draw.rounded_rectangle((20, 90, 180, 140), 12, "#3060d0")
    return image


def seen(data: bytes) -> np.ndarray:
    """Return the levels as Pillow's colour management shows them in sRGB."""
    image = opened(data)
    profile = image.info.get("icc_profile")
    if profile is None:
        return levels(image, "RGB")
    stored = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    shown = ImageCms.profileToProfile(
        image, stored, ImageCms.createProfile("sRGB"), outputMode="RGB"
    )
    assert shown is not None
    return levels(shown)


def colours_apart(one: np.ndarray, other: np.ndarray) -> float:
    labs = (rgb2lab(levels.astype(np.uint8)) for levels in (one, other))
    return float(deltaE_ciede2000(*labs).mean())


def test_auto_writes_photographs_as_the_smallest_of_what_is_accepted() -> None:
    photo = encoded(photograph("coffee.png", (300, 200)))
    sizes = {name: len(made(photo, format=name).data) for name in ("JPEG", "WEBP", "AVIF")}
    for accept in (["JPEG"], ["JPEG", "WEBP"], ["AVIF", "JPEG", "PNG"]):
        result = made(photo, format="auto", accept=accept)
        least = min((name for name in accept if name in sizes), key=lambda name: sizes[name])
        assert (result.format, len(result.data)) == (least, sizes[least])
        assert opened(result.data).format == result.format
        assert result.mime == f"image/{least.lower()}"
    assert made(photo, format="auto").format in {"JPEG", "WEBP"}


@pytest.mark.parametrize("image", [quarters(), screenshot(), quarters("RGBA"), cutout()])
@pytest.mark.parametrize("accept", [["JPEG", "PNG", "WEBP"], ["JPEG", "PNG"]])
def test_auto_writes_drawings_and_transparency_without_losses(
    image: Image.Image, accept: list[str]
) -> None:
    result = made(encoded(image), format="auto", accept=accept)
    assert result.format in {"PNG", "WEBP"} & set(accept)
    assert apart(levels(result.data, "RGBA"), levels(image, "RGBA")) == 0
    assert result.quality is None


def test_auto_writes_transparent_photographs_with_losses_where_a_quality_is_asked() -> None:
    source = encoded(cutout())
    exact, lossy = made(source, format="auto"), made(source, format="auto", quality=70)
    assert (lossy.format, lossy.quality, lossy.has_alpha) == ("WEBP", 70, True)
    assert len(lossy.data) < len(exact.data) / 3


def test_auto_quality_compares_formats_at_one_likeness() -> None:
    result = made(
        encoded(photograph("rocket.jpg", (320, 200))), format="auto", quality="auto", min_ssim=0.98
    )
    assert result.format in {"JPEG", "WEBP"}
    assert result.ssim is not None
    assert result.ssim >= 0.98


@pytest.mark.parametrize(
    ("accept", "name", "frames"),
    [(["JPEG", "WEBP", "GIF"], "WEBP", 4), (["GIF", "PNG"], "GIF", 4), (["JPEG"], "JPEG", 1)],
)
def test_auto_keeps_animations_moving(accept: list[str], name: str, frames: int) -> None:
    result = made(animation("GIF"), format="auto", accept=accept)
    assert (result.format, result.pages) == (name, frames)
    assert ("first_frame_only" in [notice.code for notice in result.notices]) == (frames == 1)


@pytest.mark.parametrize("name", [*NAMES, "GIF"])
def test_original_writes_the_format_of_the_source(name: str) -> None:
    source = made(encoded(photograph("coffee.png", (60, 40))), format=name).data
    assert made(source, format="original").format == name


def test_animations_are_timed_as_asked() -> None:
    source = animation("GIF")
    result = opened(made(source, format="WEBP", loop=4, delay=70).data)
    assert (result.info["loop"], result.info["duration"]) == (4, 70)
    assert opened(made(source, format="GIF", delay=[30, 40, 50, 60]).data).info["duration"] == 30
    with pytest.raises(InvalidParameterError, match="expected 4 delays, one a frame, got 2"):
        made(source, format="GIF", delay=[30, 40])


@pytest.mark.parametrize("name", NAMES)
def test_display_p3_looks_the_same_and_says_so(name: str) -> None:
    image = photograph("coffee.png", (120, 80)).resize((240, 160))
    quality = {} if name in {"PNG", "TIFF"} else {"quality": 98}
    plain = made(encoded(image), format=name, **quality).data
    data = made(encoded(image), format=name, color_profile="p3", **quality).data
    assert "icc_profile" in opened(data).info
    assert "icc_profile" not in opened(plain).info
    assert colours_apart(seen(data), levels(image)) < 0.2 + colours_apart(
        seen(plain), levels(image)
    )
    assert apart(levels(data, "RGB"), levels(image)) > 2


@pytest.mark.parametrize("name", ["JPEG", "TIFF"])
def test_cmyk_is_within_what_inks_can_show(name: str) -> None:
    image = photograph("coffee.png", (120, 80))
    data = made(encoded(image), format=name, color_profile="cmyk").data
    assert opened(data).mode == "CMYK"
    assert colours_apart(seen(data), levels(image)) < 4
    kept = made(data, format=name, color_profile="keep").data
    assert opened(kept).mode == "CMYK"
    assert colours_apart(seen(kept), seen(data)) < 4


def test_cmyk_lays_transparency_upon_the_background() -> None:
    result = made(encoded(cutout()), format="TIFF", color_profile="cmyk")
    assert [notice.code for notice in result.notices] == ["alpha_flattened"]
    assert seen(result.data)[5, 5].min() > 250


@pytest.mark.parametrize("name", NAMES)
def test_keep_gives_the_profile_of_the_source_back(name: str) -> None:
    image = photograph("coffee.png", (60, 40))
    source = made(encoded(image), format="PNG", color_profile="p3").data
    data = made(source, format=name, color_profile="keep").data
    assert opened(data).info["icc_profile"] == opened(source).info["icc_profile"]
    if name in {"PNG", "TIFF"}:
        assert np.abs(levels(data, "RGB") - levels(source, "RGB")).max() <= 2
    plain = made(encoded(image), format=name, color_profile="keep").data
    assert "icc_profile" not in opened(plain).info


def test_profiles_that_a_format_cannot_hold_are_an_error() -> None:
    inked = made(encoded(quarters()), format="JPEG", color_profile="cmyk").data
    with pytest.raises(ContractError, match="holds the source's CMYK profile, got PNG"):
        made(inked, format="PNG", color_profile="keep")
    with pytest.raises(InvalidParameterError):
        made(inked, format="WEBP", color_profile="cmyk")
    with pytest.raises(ContractError, match="JPEG or TIFF for CMYK, got PNG"):
        made(encoded(quarters()), format="original", color_profile="cmyk")


def small(**options: Any) -> bytes:
    return encoded(photograph("coffee.png"), "JPEG", quality=30, **options)


def test_a_smaller_source_stands_in_where_nothing_was_to_be_changed() -> None:
    source = small()
    result = made(source, format="JPEG", if_larger="original")
    assert result.data == source
    assert [notice.code for notice in result.notices] == ["original_kept"]
    neutral = ({"type": "adjust", "params": {"brightness": 1}},)
    assert made(source, neutral, format="JPEG", if_larger="original").data == source
    assert made(source, format="JPEG").data != source


def test_a_result_that_is_not_larger_is_kept() -> None:
    source = small()
    result = made(source, format="JPEG", if_larger="original", quality=10)
    assert len(result.data) < len(source)
    assert result.quality == 10


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        ({"format": "PNG"}, "it is JPEG, not PNG"),
        ({"metadata": "none", "exif": True}, "holds more metadata"),
        ({"metadata": "copyright", "exif": True}, "holds more metadata"),
        ({"color_profile": "p3"}, "not those of the profile"),
        ({"progressive": True}, "progressive"),
        ({"dpi": 300}, "dpi"),
        ({"changed": True}, "changed the picture"),
    ],
)
def test_a_source_that_is_not_what_was_asked_is_an_error(
    output: dict[str, Any], reason: str
) -> None:
    tags = Image.Exif()
    tags[0x010F] = "maker"
    source = small(**({"exif": tags} if output.pop("exif", False) else {}))
    steps: tuple[Any, ...] = ()
    if output.pop("changed", False):
        steps = ({"type": "adjust", "params": {"brightness": 1.2}},)
    with pytest.raises(ContractError, match=reason) as caught:
        made(source, steps, **{"format": "JPEG", "if_larger": "original", **output})
    assert caught.value.path == "output.if_larger"
