"""What the written files are."""

from __future__ import annotations

import pytest
from PIL import Image

from image_worker import process
from image_worker.errors import CorruptImageError
from image_worker.formats.gif import READER
from image_worker.limits import Limits
from tests.pictures import apart, encoded, levels, noise, opened, photograph
from tests.pipeline.awkward import animation, oriented, srgb_profile

LOSSLESS = ("PNG", "TIFF")
LOSSY = ("JPEG", "WEBP", "AVIF")


@pytest.mark.parametrize("name", LOSSLESS)
@pytest.mark.parametrize("bands", [1, 3, 4])
def test_formats_without_losses_give_every_pixel_back(name: str, bands: int) -> None:
    image = noise((60, 40), bands=bands)
    result = opened(process(encoded(image), [], {"format": name}).data)
    assert result.mode == image.mode
    assert apart(levels(result), levels(image)) == 0


@pytest.mark.parametrize("name", LOSSY)
def test_a_higher_quality_is_nearer_and_larger(name: str) -> None:
    image = photograph("coffee.png", (300, 200))
    low, high = (
        process(encoded(image), [], {"format": name, "quality": quality}).data
        for quality in (20, 95)
    )
    assert len(low) < len(high)
    assert apart(levels(high, "RGB"), levels(image)) < apart(levels(low, "RGB"), levels(image))


@pytest.mark.parametrize("quality", [50, 90, 95, 100])
def test_jpegs_are_baseline_with_halved_colours(quality: int) -> None:
    output = {"format": "JPEG", "quality": quality}
    result = opened(process(encoded(photograph()), [], output).data)
    assert result.layer[0][1:3] == (2, 2)  # type: ignore[attr-defined]  # of JPEG files
    assert "progressive" not in result.info


def test_jpeg_lays_transparency_upon_the_background_and_says_so() -> None:
    data = encoded(Image.new("RGBA", (16, 16), (255, 0, 0, 0)))
    result = process(data, [], {"format": "JPEG", "background": "#0000ff"})
    assert opened(result.data).getpixel((8, 8))[2] > 250  # type: ignore[index]  # of RGB
    assert [notice.code for notice in result.rendered.notices] == ["alpha_flattened"]


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP", "AVIF", "TIFF"])
def test_profiles_and_orientations_are_not_carried_over(name: str) -> None:
    tagged = encoded(photograph("chelsea.png", (64, 48)), icc_profile=srgb_profile())
    assert "icc_profile" not in opened(process(tagged, [], {"format": name}).data).info
    turned = opened(process(oriented(6), [], {"format": name}).data)
    assert turned.getexif().get(0x0112, 1) == 1


@pytest.mark.parametrize("share", [0.05, 0.4, 0.99])
def test_gifs_end_where_their_blocks_say(share: float) -> None:
    data = animation("GIF")
    assert READER.inspect(data, Limits())
    assert READER.inspect(data + b"\0 rubbish", Limits())
    with pytest.raises(CorruptImageError):
        READER.inspect(data[: int(len(data) * share)], Limits())
