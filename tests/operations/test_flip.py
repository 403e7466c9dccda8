"""Mirroring, against numpy."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from image_worker import process
from image_worker.fields import Size
from tests.operations.moving import (
    MODES,
    SHAPES,
    check_followed,
    levels,
    made,
    moved,
    numbered,
    picture,
)  # fmt: skip
from tests.pictures import apart, encoded, photograph
from tests.pictures import levels as file_levels

WAYS = {
    "horizontal": lambda array: array[:, ::-1],
    "vertical": lambda array: array[::-1],
    "both": lambda array: array[::-1, ::-1],
}


@pytest.mark.parametrize("direction", WAYS)
@pytest.mark.parametrize("bands", MODES.values(), ids=MODES)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_pixels_are_mirrored(direction: str, bands: int, shape: tuple[int, int]) -> None:
    before = numbered(*shape, bands)
    result = moved(picture(before), "flip", direction=direction)
    assert np.array_equal(levels(result), WAYS[direction](before))
    check_followed(before, result)


def test_every_frame_is_mirrored() -> None:
    first, second = numbered(8, 6, seed=1), numbered(8, 6, seed=2)
    result = moved(picture(first, second), "flip", direction="vertical")
    assert np.array_equal(levels(result, 1), second[::-1])


@pytest.mark.parametrize("direction", WAYS)
@pytest.mark.parametrize("size", [(800, 600), (801, 603)], ids=str)
def test_a_picture_that_the_decoder_shrank_is_mirrored_as_well(
    direction: str, size: tuple[int, int]
) -> None:
    data = encoded(photograph("chelsea.png", size), "JPEG", quality=92)
    steps = [{"flip": {"direction": direction}}, {"resize": {"width": 90}}]
    fast, exact = (
        file_levels(process(data, steps, {"format": "PNG"}, plan=plan).data)
        for plan in ("fast", "exact")
    )
    assert apart(fast, exact) <= 1.0


def test_only_whole_pixels_pass_shrunk() -> None:
    flip = made("flip", direction="both")
    assert flip.passes_shrunk(Size(64, 32), 8)
    assert not flip.passes_shrunk(Size(65, 32), 8)


def test_a_direction_must_be_said() -> None:
    with pytest.raises(ValidationError):
        made("flip")
    with pytest.raises(ValidationError):
        made("flip", direction="flop")
