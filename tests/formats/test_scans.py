"""Progressive files of which the smallest size needs a part only."""

from __future__ import annotations

import io
import random
from typing import TYPE_CHECKING, Any

import pytest
import pyvips

from image_worker.formats.reading import readers
from image_worker.formats.scans import means_only
from tests.pictures import photograph

if TYPE_CHECKING:
    from PIL import Image

OPTIONS: list[dict[str, Any]] = [
    {},
    {"Q": 95, "subsample_mode": "off"},
    {"restart_interval": 7},
    {"optimize_scans": True, "trellis_quant": True},
]


def progressive(image: Image.Image, **options: Any) -> bytes:
    plain = io.BytesIO()
    image.save(plain, "PNG" if image.mode != "CMYK" else "TIFF")
    data: bytes = pyvips.Image.new_from_buffer(plain.getvalue(), "").jpegsave_buffer(
        interlace=True, **options
    )
    return data


def eighth(data: bytes) -> pyvips.Image:
    return pyvips.Image.jpegload_buffer(data, shrink=8, fail_on="warning").copy_memory()


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("size", [(640, 480), (411, 277), (9, 17)])
@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_the_pixels_are_the_same(options: dict[str, Any], size: tuple[int, int], mode: str) -> None:
    data = progressive(photograph(size=size).convert(mode), **options)
    less = means_only(data)
    assert (eighth(data) - eighth(less)).abs().max() == 0
    if size[0] > 400:
        assert len(less) < 0.6 * len(data)


def test_so_they_are_in_a_file_of_another_library() -> None:
    written = io.BytesIO()
    photograph().save(written, "JPEG", progressive=True, quality=80, subsampling=1)
    assert (eighth(written.getvalue()) - eighth(means_only(written.getvalue()))).abs().max() == 0


def test_other_files_are_left_alone() -> None:
    written = io.BytesIO()
    photograph().save(written, "JPEG")
    for data in (
        written.getvalue(),
        b"",
        b"\xff\xd8",
        b"\xff\xd8\xff\xd9",
        b"\xff\xd8\xff\xc2\0\4",
    ):
        assert means_only(data) is data


def test_an_incomplete_file_is_left_to_the_decoder() -> None:
    data = progressive(photograph(size=(200, 150)))
    for length in range(0, len(data) - 1, 97):
        assert means_only(data[:length]) == data[:length]


def test_broken_files_never_raise() -> None:
    data = progressive(photograph(size=(120, 90)))
    rng = random.Random(1)  # noqa: S311 - it must come out the same again
    for _ in range(500):
        broken = bytearray(data)
        for _ in range(rng.randint(1, 6)):
            broken[rng.randrange(len(broken))] = rng.choice([0, 1, 0xFF, rng.randrange(256)])
        means_only(bytes(broken))


def test_only_the_smallest_size_is_read_so() -> None:
    (jpeg,) = (reader for reader in readers() if reader.name == "JPEG")
    data = progressive(photograph())
    assert jpeg.needed(data, 4) is data
    assert len(jpeg.needed(data, 8)) < len(data)
