"""Every filter on pictures that are grey, transparent, tiny, animated or read only once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image

from image_worker import process
from image_worker.catalog import FILTERS
from image_worker.operations.filter import Filter
from tests.operations.filters.filtering import CAT, applied, cutout, frames
from tests.pictures import encoded, furthest, levels, noise, photograph

NAMES = sorted(set(FILTERS.names) - {Filter.name})
NEEDED: dict[str, dict[str, Any]] = {
    "monochrome": {"color": "#ffd32a"},
    "tint": {"color": "teal"},
    "duotone": {"shadows": "navy", "highlights": "gold"},
    "convolve": {"kernel": [[1, 1, 1], [1, 1, 1], [1, 1, 1]]},
}
CASES = [(name, NEEDED.get(name, {})) for name in NAMES] + [
    ("blur", {"sigma": 0.3}),
    ("blur", {"sigma": 250}),
    ("sharpen", {"sigma": 10, "flat": 100, "jagged": 100}),
    ("unsharp", {"radius": 250, "percent": 1000, "threshold": 0}),
    ("median", {"size": 31}),
    ("dilate", {"size": 31}),
    ("pixelate", {"size": "200%"}),
    ("edges", {"method": "canny", "sigma": 10}),
    ("edges", {"method": "scharr"}),
    ("threshold", {"value": "otsu"}),
    ("clahe", {"window": 65_500, "max_slope": 0}),
    ("vignette", {"strength": 1, "radius": 0.99}),
    ("convolve", {"kernel": [[-1] * 15] * 15}),
]
TO_GREY = {"grayscale", "threshold", "edges"}
TO_COLOUR = {"sepia", "monochrome", "tint", "duotone"}
MIXES_ALPHA = {"blur", "smooth", "smooth_more", "pixelate", "dilate", "erode", "convolve"}

each_case = pytest.mark.parametrize(("name", "parameters"), CASES, ids=str)


PICTURES = {
    "one pixel": noise((1, 1)),
    "one row": noise((50, 1)),
    "one column": noise((1, 50)),
    "2 x 2": noise((2, 2)),
    "grey": noise((17, 13), bands=1),
    "one grey pixel": noise((1, 1), bands=1),
    "grey and alpha": cutout().convert("LA"),
    "transparent": Image.new("RGBA", (9, 7)),
    "cutout": cutout(),
}


@each_case
@pytest.mark.parametrize("image", PICTURES.values(), ids=PICTURES)
def test_size_and_bands_are_what_they_should_be(
    name: str, parameters: dict[str, Any], image: Image.Image
) -> None:
    [found] = applied(frames(image), name, **parameters)
    bands = len(image.getbands())
    alpha = bands % 2 == 0
    if name in TO_GREY:
        bands = 1 + alpha
    elif name in TO_COLOUR:
        bands = 3 + alpha
    assert np.atleast_3d(found).shape == (image.height, image.width, bands)
    if alpha and name not in MIXES_ALPHA:
        assert furthest(found[..., -1], levels(image)[..., -1]) == 0


@each_case
def test_frames_do_not_touch_each_other(name: str, parameters: dict[str, Any]) -> None:
    cat, other = CAT, CAT.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    together = applied(frames(cat, other), name, **parameters)
    assert len(together) == 2
    assert furthest(together[0], applied(frames(cat), name, **parameters)[0]) == 0
    if name != "noise":
        assert furthest(together[1], applied(frames(other), name, **parameters)[0]) == 0


@each_case
def test_a_file_that_is_read_from_top_to_bottom_gives_the_same(
    name: str, parameters: dict[str, Any]
) -> None:
    image = photograph("coffee.png", (700, 900))
    steps = [{"type": "filter", "params": {"name": name, **parameters}}]
    found = levels(process(encoded(image), steps, {"format": "PNG"}).data)
    assert furthest(found, applied(frames(image), name, **parameters)[0].reshape(found.shape)) == 0


@each_case
def test_it_can_be_limited_to_a_part_and_blended(name: str, parameters: dict[str, Any]) -> None:
    box = {"left": 0, "top": 0, "right": "50%", "bottom": "100%"}
    step = {
        "type": "filter",
        "params": {"name": name, **parameters},
        "where": box,
        "amount": 0.5,
    }
    found = levels(process(encoded(CAT), [step], {"format": "PNG"}).data, "RGB")
    assert furthest(found[:, 120:], levels(CAT)[:, 120:]) == 0


@pytest.mark.parametrize("name", NAMES)
def test_it_survives_being_written(name: str) -> None:
    made = Filter.read({"name": name, **NEEDED.get(name, {})})
    assert Filter.read(made.write()) == made
