"""Every awkward file comes out upright, in sRGB, with the right colours."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image

from image_worker import process
from tests.pictures import encoded, levels, opened, quarters
from tests.pipeline.awkward import BLUE, GREEN, RED, YELLOW, coloured, grey, oriented

FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "GIF", "TIFF")
OPERATIONS: dict[str, list[dict[str, Any]]] = {
    "resize": [{"type": "resize", "params": {"width": 32}}],
    "crop": [{"type": "crop", "params": {"left": 16, "top": 12, "right": 48, "bottom": 36}}],
    "filter": [{"type": "filter", "params": {"name": "smooth"}}],
    "adjust": [{"type": "adjust", "params": {"brightness": 1.0, "contrast": 1.0}}],
}
EVERYTHING = coloured() | grey()


def corners(image: Image.Image) -> list[tuple[int, ...]]:
    """Return the colour in the middle of each quarter."""
    image = image.convert("RGB")
    places = [(x * image.width // 4, y * image.height // 4) for y in (1, 3) for x in (1, 3)]
    return [image.getpixel(place) for place in places]  # type: ignore[misc]  # of RGB


def far(found: list[tuple[int, ...]], expected: list[tuple[int, ...]]) -> int:
    return int(np.abs(np.array(found) - np.array(expected)).max())


@pytest.mark.parametrize("name", coloured())
def test_colours_are_right_after_opening(name: str) -> None:
    result = opened(process(coloured()[name], [], {"format": "PNG"}).data)
    assert result.size == (64, 48)
    assert result.mode in {"RGB", "RGBA"}
    assert far(corners(result), [RED, GREEN, BLUE, YELLOW]) <= 4


@pytest.mark.parametrize("name", grey())
def test_grey_stays_grey(name: str) -> None:
    result = opened(process(grey()[name], [], {"format": "PNG"}).data)
    assert result.mode in {"L", "LA"}
    assert far(corners(result), [(40,) * 3, (40,) * 3, (200,) * 3, (200,) * 3]) <= 1


@pytest.mark.parametrize("operations", OPERATIONS.values(), ids=OPERATIONS)
@pytest.mark.parametrize("name", EVERYTHING)
def test_every_operation_works_on_every_file(name: str, operations: list[dict[str, Any]]) -> None:
    plain = corners(opened(process(EVERYTHING[name], [], {"format": "PNG"}).data))
    result = opened(process(EVERYTHING[name], operations, {"format": "PNG"}).data)
    assert result.size == ((64, 48) if operations[0]["type"] in {"filter", "adjust"} else (32, 24))
    assert far(corners(result), plain) <= 2


@pytest.mark.parametrize("output", FORMATS)
@pytest.mark.parametrize("name", EVERYTHING)
def test_every_file_is_written_in_every_format(name: str, output: str) -> None:
    plain = corners(opened(process(EVERYTHING[name], [], {"format": "PNG"}).data))
    result = process(EVERYTHING[name], [], {"format": output, "quality": 95})
    image = opened(result.data)
    assert image.format == output
    assert image.size == (64, 48)
    assert far(corners(image), plain) <= 12


@pytest.mark.parametrize("file_format", ["JPEG", "WEBP", "PNG"])
@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("operations", [[], *OPERATIONS.values()], ids=["none", *OPERATIONS])
def test_turned_pictures_come_out_upright(
    operations: list[dict[str, Any]], orientation: int, file_format: str
) -> None:
    result = opened(process(oriented(orientation, file_format), operations, {"format": "PNG"}).data)
    assert result.width > result.height
    assert far(corners(result), [RED, GREEN, BLUE, YELLOW]) <= 12
    assert result.getexif().get(0x0112, 1) == 1


def test_one_bit_pictures_are_black_and_white() -> None:
    image = Image.new("1", (64, 48))
    image.paste(1, (0, 24, 64, 48))
    result = opened(process(encoded(image), [], {"format": "PNG"}).data)
    assert far(corners(result), [(0,) * 3, (0,) * 3, (255,) * 3, (255,) * 3]) == 0


def test_cmyk_without_a_profile_keeps_its_hues() -> None:
    data = encoded(quarters("CMYK"), "JPEG", quality=95)
    red, green, blue, yellow = corners(opened(process(data, [], {"format": "PNG"}).data))
    assert red[0] > 180
    assert max(red[1:]) < 90
    assert green[1] > max(green[0], green[2]) + 30
    assert blue[2] > max(blue[:2]) + 30
    assert min(yellow[:2]) > 180
    assert yellow[2] < 90


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (300, 1), (2, 2), (10_000, 3)], ids=str)
@pytest.mark.parametrize("output", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_tiny_and_thin_pictures_pass_every_operation(size: tuple[int, int], output: str) -> None:
    data = encoded(Image.new("RGB", size, (10, 200, 60)))
    operations = [
        {"type": "filter", "params": {"name": "blur"}},
        {"type": "filter", "params": {"name": "sharpen"}},
        {"type": "adjust", "params": {"brightness": 1.5, "contrast": 1.0, "saturation": 1.0}},
        {"type": "resize", "params": {"width": 100}},
        {"type": "crop", "params": {"left": 0, "top": 0, "right": 1, "bottom": 1}},
    ]
    result = opened(process(data, operations, {"format": output}).data)
    assert result.size == (1, 1)
    assert far(corners(result), [(15, 255, 90)] * 4) <= 6


@pytest.mark.parametrize("name", ["resize", "blur", "smooth"])
def test_the_colour_of_transparent_pixels_does_not_bleed(name: str) -> None:
    pixels = np.zeros((64, 64, 4), np.uint8)
    pixels[:, :32] = (0, 255, 0, 0)
    pixels[:, 32:] = (200, 0, 0, 255)
    step = (
        {"type": "resize", "params": {"width": 23}}
        if name == "resize"
        else {"type": "filter", "params": {"name": name}}
    )
    result = levels(process(encoded(Image.fromarray(pixels)), [step], {"format": "PNG"}).data)
    visible = result[..., 3] > 8
    assert visible.any()
    assert result[..., 1][visible].max() <= 1
    assert result[..., 0][visible].min() >= 190


@pytest.mark.parametrize(
    "kind", ["JPEG", "JPEG progressive", "PNG", "PNG RGBA", "WEBP", "TIFF", "interlaced"]
)
@pytest.mark.parametrize(
    "step",
    [
        {"type": "resize", "params": {"width": 700}},
        {"type": "resize", "params": {"width": 500, "height": 500, "fit": "cover"}},
        {"type": "resize", "params": {"width": 500, "height": 500, "fit": "contain"}},
        {"type": "crop", "params": {"left": "30%", "top": "60%", "right": "99%", "bottom": "97%"}},
        {"type": "filter", "params": {"name": "sharpen"}},
        {"type": "filter", "params": {"name": "blur"}},
        {"type": "filter", "params": {"name": "grayscale"}},
        {"type": "adjust", "params": {"contrast": 1.2, "saturation": 1.1}},
    ],
    ids=lambda step: "-".join(str(part) for part in step["params"].values()),
)
def test_large_pictures_are_read_in_order(kind: str, step: dict[str, Any]) -> None:
    data = _large(kind)
    result = process(data, [step, step], {"format": "JPEG"}, analyze=["brightness"])
    assert result.size[0] * result.size[1] > 0
    assert opened(result.data).size == result.size


_made: dict[str, bytes] = {}


def _large(kind: str) -> bytes:
    if kind not in _made:
        image = quarters("RGBA" if "RGBA" in kind else "RGB", (3000, 2000))
        options: dict[str, Any] = {"progressive": True} if "progressive" in kind else {}
        if kind == "WEBP":
            options = {"method": 0, "quality": 50}
        if kind == "interlaced":
            from tests.pipeline.awkward import vips

            _made[kind] = bytes(vips(image).pngsave_buffer(interlace=True, compression=1))
        else:
            _made[kind] = encoded(image, kind.split(maxsplit=1)[0], **options)
    return _made[kind]
