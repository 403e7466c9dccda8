"""Every measurement on pictures that are hard to measure."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image

from image_worker.catalog import ANALYZERS
from tests.analysis.measuring import answer, facts
from tests.pictures import encoded, noise, quarters

ELSEWHERE = {"classify", "text"}
"""One needs a model of ones own, one takes seconds; tests/vision has both."""
NAMES = sorted(set(ANALYZERS.names) - ELSEWHERE - {"compare"})
OF_RESULTS = sorted({kind.name for kind in ANALYZERS if not kind.of_file} - ELSEWHERE)


def animation() -> bytes:
    frames = [quarters("L").convert("RGB"), quarters()]
    return encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=50)


AWKWARD = {
    "one pixel": encoded(Image.new("RGB", (1, 1), (9, 8, 7))),
    "one transparent pixel": encoded(Image.new("RGBA", (1, 1), (9, 8, 7, 0))),
    "two by two": encoded(noise((2, 2))),
    "very wide": encoded(noise((10_000, 3))),
    "very tall": encoded(noise((2, 5000), bands=1)),
    "transparent": encoded(Image.new("RGBA", (64, 48), (200, 100, 50, 0))),
    "transparent grey": encoded(Image.new("LA", (64, 48), (200, 0))),
    "noise with alpha": encoded(noise((50, 40), bands=4)),
    "16 bit": encoded(Image.fromarray(np.arange(3000, dtype=np.uint16).reshape(50, 60))),
    "1 bit": encoded(quarters("1")),
    "CMYK": encoded(quarters("CMYK"), "JPEG"),
    "animation": animation(),
}


@pytest.mark.parametrize("data", AWKWARD.values(), ids=AWKWARD)
def test_everything_is_measured_at_once_and_alone(data: bytes) -> None:
    together = facts(data, NAMES)
    json.dumps(together, allow_nan=False)
    for name in NAMES:
        assert facts(data, [name]) == {name: together[name]}


@pytest.mark.parametrize("data", AWKWARD.values(), ids=AWKWARD)
def test_results_are_measured_too(data: bytes) -> None:
    said = answer(data, {"of": "output", "want": OF_RESULTS})
    assert said["success"], said
    json.dumps(said, allow_nan=False)


def test_of_an_animation_the_first_frame_is_measured() -> None:
    said = answer(animation(), ["is_grayscale", "header", "average"], output={"format": "WEBP"})
    assert said["success"], said
    assert said["metadata"]["pages"] == 2
    assert said["analysis"]["is_grayscale"]
    assert said["analysis"]["header"]["pages"] == 2


@pytest.mark.parametrize("name", NAMES)
def test_a_truncated_picture_is_refused_unless_only_its_header_is_read(name: str) -> None:
    data = encoded(noise((400, 300)), "JPEG")
    said = answer(data[: len(data) // 2], [name])
    # Whether there is transparency at all, the header tells.
    assert said["success"] == (ANALYZERS[name].reads == "header" or name == "is_opaque")
    if not said["success"]:
        assert said["code"] == "image_corrupt"
