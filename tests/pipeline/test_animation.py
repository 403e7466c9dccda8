"""Animations keep their frames, delays and loops, and every operation works frame by frame."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image

from image_worker import process
from tests.pictures import encoded, opened
from tests.pipeline.awkward import BLUE, GREEN, RED, YELLOW, animation

COLOURS = (RED, GREEN, BLUE, YELLOW)
DELAYS = [50, 100, 150, 200]
STEPS: dict[str, list[dict[str, Any]]] = {
    "none": [],
    "resize": [{"type": "resize", "params": {"width": 32}}],
    "crop": [{"type": "crop", "params": {"left": 10, "top": 5, "right": 40, "bottom": 37}}],
    "blur": [{"type": "filter", "params": {"name": "blur"}}],
    "adjust": [{"type": "adjust", "params": {"brightness": 1.0, "contrast": 1.0}}],
}


def frames(image: Image.Image) -> list[np.ndarray]:
    found = []
    for index in range(image.n_frames):
        image.seek(index)
        found.append(np.asarray(image.convert("RGB")).astype(int))
    return found


def delays(image: Image.Image) -> list[int]:
    found = []
    for index in range(image.n_frames):
        image.seek(index)
        image.load()
        found.append(image.info["duration"])
    return found


@pytest.mark.parametrize("operations", STEPS.values(), ids=STEPS)
@pytest.mark.parametrize("written", ["GIF", "WEBP"])
@pytest.mark.parametrize("read", ["GIF", "WEBP"])
def test_frames_delays_and_loop_are_kept(
    read: str, written: str, operations: list[dict[str, Any]]
) -> None:
    data = animation(read, loop=3, lossless=True)
    source = opened(data)
    result = process(data, operations, {"format": written, "quality": 95})
    image = opened(result.data)
    assert image.n_frames == 4
    assert delays(image) == DELAYS
    # GIF counts the repeats, WebP the plays.
    assert image.info["loop"] + (written == "GIF") == source.info["loop"] + (read == "GIF")
    for frame, colour in zip(frames(image), COLOURS, strict=True):
        assert np.abs(frame - np.array(colour)).max() <= 8, "a frame bled into its neighbour"


@pytest.mark.parametrize("written", ["JPEG", "PNG", "TIFF", "AVIF"])
@pytest.mark.parametrize("read", ["GIF", "WEBP"])
def test_still_formats_get_the_first_frame_and_say_so(read: str, written: str) -> None:
    result = process(animation(read), [], {"format": written, "quality": 95})
    image = opened(result.data)
    assert getattr(image, "n_frames", 1) == 1
    assert np.abs(frames_of_still(image) - np.array(RED)).max() <= 8
    assert "first_frame_only" in [notice.code for notice in result.rendered.notices]


def frames_of_still(image: Image.Image) -> np.ndarray:
    return np.asarray(image.convert("RGB")).astype(int)


def test_transparency_survives_in_every_frame() -> None:
    pictures = []
    for left in (0, 20, 40):
        picture = Image.new("RGBA", (64, 48))
        picture.paste(RED, (left, 8, left + 20, 40))
        pictures.append(picture)
    data = encoded(
        pictures[0], "WEBP", save_all=True, append_images=pictures[1:], duration=80, lossless=True
    )
    for output in ("GIF", "WEBP"):
        image = opened(process(data, STEPS["resize"], {"format": output}).data)
        assert image.n_frames == 3
        for index, left in enumerate((0, 10, 20)):
            image.seek(index)
            pixels = np.asarray(image.convert("RGBA")).astype(int)
            assert pixels[12, left + 5, 3] == 255
            assert pixels[1, 1, 3] <= 2
            assert pixels[12, (left + 25) % 32, 3] <= 2
