"""Files that are valid and rare: each comes out with the right colours, whole and made smaller."""

from __future__ import annotations

import io
from functools import cache
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms

from image_worker import process
from tests.job.making import step
from tests.pictures import encoded, opened, quarters
from tests.pipeline.awkward import BLUE, GREEN, RED, YELLOW, srgb_profile, vips

LARGE = (512, 384)
"""A size that decoders can shrink."""


def tiff(**options: Any) -> bytes:
    return bytes(vips(quarters(size=LARGE)).tiffsave_buffer(**options))


def avif(bands: int = 3, **options: Any) -> bytes:
    image = vips(quarters(size=LARGE))
    image = image if bands == 3 else image.bandjoin(255)
    return bytes(image.heifsave_buffer(compression="av1", Q=95, subsample_mode="off", **options))


def profile(space: str) -> bytes:
    """Return a profile that does not fit pictures of three bands in sRGB."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile(space)).tobytes()


def jpeg(**options: Any) -> bytes:
    return encoded(quarters(size=LARGE), "JPEG", quality=95, **options)


def palette(bits: int) -> bytes:
    return encoded(quarters(size=LARGE).quantize(4), bits=bits)


def gif_of_parts() -> bytes:
    """Return a GIF whose second frame only changes a corner."""
    whole = quarters(size=LARGE)
    changed = whole.copy()
    changed.paste("black", (0, 0, 10, 10))
    return encoded(whole, "GIF", save_all=True, append_images=[changed], disposal=1)


def turned_tiff() -> bytes:
    stored = quarters(size=LARGE).transpose(Image.Transpose.ROTATE_180)
    return encoded(stored, "TIFF", tiffinfo={0x0112: 3})


def motion_photo() -> bytes:
    return jpeg() + b"\0\0\0\x18ftypmp42" + bytes(range(256)) * 200


def wide_exif() -> bytes:
    exif = Image.Exif()
    exif[0x010E] = "x" * 60_000
    exif[0x0112] = 0  # not one of the eight
    return jpeg(exif=exif)


@cache
def files() -> dict[str, bytes]:
    return {
        "TIFF in tiles": tiff(tile=True, tile_width=64, tile_height=64),
        "TIFF in tiles, deflated": tiff(tile=True, compression="deflate", predictor="horizontal"),
        "TIFF pyramid": tiff(pyramid=True, tile=True, tile_width=64, tile_height=64),
        "TIFF pyramid in directories": tiff(pyramid=True, tile=True, subifd=True),
        "TIFF as JPEG": tiff(compression="jpeg", Q=95),
        "TIFF as WEBP": tiff(compression="webp", Q=95),
        "TIFF packbits": tiff(compression="packbits"),
        "TIFF big": tiff(bigtiff=True),
        "TIFF turned": turned_tiff(),
        "TIFF 16 bit": bytes((vips(quarters(size=LARGE)).cast("ushort") * 257).cast("ushort")
                             .copy(interpretation="rgb16").tiffsave_buffer(compression="lzw")),
        "TIFF palette": encoded(quarters(size=LARGE).quantize(4), "TIFF"),
        "JPEG 4:2:2": jpeg(subsampling="4:2:2"),
        "JPEG 4:4:0": bytes(vips(quarters(size=LARGE)).jpegsave_buffer(Q=95, subsample_mode="off",
                                                                      restart_interval=1)),
        "JPEG in RGB": jpeg(keep_rgb=True),
        "JPEG progressive with restarts": bytes(vips(quarters(size=LARGE)).jpegsave_buffer(
            Q=95, interlace=True, restart_interval=8, subsample_mode="off")),
        "JPEG with trellis": bytes(vips(quarters(size=LARGE)).jpegsave_buffer(
            Q=95, trellis_quant=True, optimize_scans=True, interlace=True)),
        "JPEG of two pictures": jpeg() + encoded(Image.new("RGB", (50, 50)), "JPEG"),
        "JPEG of two pictures, MPO": encoded(
            quarters(size=LARGE), "MPO", quality=95, save_all=True,
            append_images=[Image.new("RGB", LARGE)]),
        "JPEG with a film": motion_photo(),
        "JPEG with much EXIF": wide_exif(),
        "JPEG with a profile of Lab": jpeg(icc_profile=profile("LAB")),
        "JPEG with a profile of XYZ": jpeg(icc_profile=profile("XYZ")),
        "PNG with a profile of Lab": encoded(quarters(size=LARGE), icc_profile=profile("LAB")),
        "PNG with a profile of XYZ": encoded(quarters(size=LARGE), icc_profile=profile("XYZ")),
        "PNG grey-alpha profile": encoded(quarters("RGBA", LARGE), icc_profile=srgb_profile()),
        "PNG palette of 2 bits": palette(2),
        "PNG palette of 4 bits": palette(4),
        "PNG animated": encoded(quarters(size=LARGE), save_all=True,
                                append_images=[Image.new("RGB", LARGE)], duration=50),
        "PNG with a colour key": encoded(quarters(size=LARGE), transparency=(1, 2, 3)),
        "WEBP with alpha": encoded(quarters("RGBA", LARGE), "WEBP", quality=98),
        "WEBP near lossless": bytes(vips(quarters(size=LARGE)).webpsave_buffer(
            near_lossless=True, Q=60)),
        "WEBP with EXIF": encoded(quarters(size=LARGE), "WEBP", lossless=True,
                                  exif=Image.Exif().tobytes()),
        "GIF of parts": gif_of_parts(),
        "GIF interlaced": encoded(quarters(size=LARGE).quantize(4), "GIF", interlace=1),
        "AVIF of 10 bits": avif(bitdepth=10),
        "AVIF of 12 bits": avif(bitdepth=12),
        "AVIF with alpha": avif(4),
        "AVIF lossless": avif(lossless=True),
    }  # fmt: skip


def colours(data: bytes) -> np.ndarray:
    """Return the colour in the middle of each quarter."""
    image = opened(data).convert("RGB")
    places = [(x * image.width // 4, y * image.height // 4) for y in (1, 3) for x in (1, 3)]
    return np.array([image.getpixel(place) for place in places])


@pytest.mark.parametrize("name", files())
@pytest.mark.parametrize("width", [512, 100, 40])
def test_it_comes_out_right(name: str, width: int) -> None:
    result = process(files()[name], [step("resize", width=width)], {"format": "PNG"})
    assert result.size == (width, width * 384 // 512)
    assert np.abs(colours(result.data) - np.array([RED, GREEN, BLUE, YELLOW])).max() <= 6


@pytest.mark.parametrize("compression", ["raw", "tiff_lzw", "tiff_jpeg"])
def test_cmyk_in_a_tiff_keeps_its_hues(compression: str) -> None:
    data = encoded(quarters("CMYK", LARGE), "TIFF", compression=compression)
    red, green, blue, yellow = colours(process(data, [], {"format": "PNG"}).data)
    assert red.argmax() == 0
    assert green.argmax() == 1
    assert blue.argmax() == 2
    assert yellow.argmin() == 2


@pytest.mark.parametrize("photometric", [0, 1])
def test_one_bit_in_a_tiff_is_black_and_white(photometric: int) -> None:
    image = Image.new("1", (64, 48))
    image.paste(1, (0, 24, 64, 48))
    buffer = io.BytesIO()
    image.save(buffer, "TIFF", compression="group4", tiffinfo={262: photometric})
    expected = colours(buffer.getvalue())
    assert (colours(process(buffer.getvalue(), [], {"format": "PNG"}).data) == expected).all()


def test_grey_beside_what_nobody_knows_is_grey() -> None:
    more = vips(quarters(size=LARGE)).copy(interpretation="b-w")
    result = opened(process(bytes(more.tiffsave_buffer()), [], {"format": "TIFF"}).data)
    assert result.mode == "L"
    assert result.size == LARGE
