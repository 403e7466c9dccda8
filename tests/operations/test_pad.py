"""Room around a picture, against numpy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from image_worker import process
from image_worker.errors import OutputTooLargeError
from tests.operations.moving import (
    MODES,
    SHAPES,
    check_followed,
    codes,
    levels,
    made,
    moved,
    numbered,
    picture,
    size_of,
)  # fmt: skip
from tests.pictures import encoded, noise

ROOM = st.one_of(st.none(), st.integers(0, 50), st.integers(0, 90).map(lambda share: f"{share}%"))


@pytest.mark.parametrize(
    ("parameters", "size", "corner"),
    [
        ({"all": 5}, (50, 30), (5, 5)),
        ({"left": 5}, (45, 20), (5, 0)),
        ({"all": 5, "top": 0, "right": 1}, (46, 25), (5, 0)),
        ({"left": "10%", "bottom": "10%"}, (44, 22), (4, 0)),
        ({"all": "10%"}, (48, 24), (4, 2)),
        ({"all": "10vmin"}, (44, 24), (2, 2)),
        ({"width": 60}, (60, 20), (10, 0)),
        ({"width": 61}, (61, 20), (10, 0)),
        ({"width": 61, "height": 31, "gravity": "bottom-right"}, (61, 31), (21, 11)),
        ({"width": "200%", "gravity": "25% 50%"}, (80, 20), (10, 0)),
        ({"aspect": "1:1"}, (40, 40), (0, 10)),
        ({"aspect": "1:1", "gravity": "north"}, (40, 40), (0, 0)),
        ({"aspect": 4}, (80, 20), (20, 0)),
        ({"aspect": "16:9"}, (40, 23), (0, 1)),  # 22.5
        ({"aspect": "2:1"}, (40, 20), (0, 0)),
        # Brought to the middle: the box's middle is x 10 of 40, so x 30 would be left of it.
        ({"width": 80, "gravity": {"left": 5, "right": 15}}, (80, 20), (30, 0)),
        ({"width": 50, "gravity": {"left": 5, "right": 15}}, (50, 20), (10, 0)),
    ],
    ids=str,
)
def test_sizes_and_places(
    parameters: dict[str, Any], size: tuple[int, int], corner: tuple[int, int]
) -> None:
    before = numbered(40, 20)
    result = moved(picture(before), "pad", background="#010203", **parameters)
    expected = np.full((size[1], size[0], 3), (1, 2, 3))
    left, top = corner
    expected[top : top + 20, left : left + 40] = before
    assert np.array_equal(levels(result), expected)
    check_followed(before, result)


@pytest.mark.parametrize("bands", MODES.values(), ids=MODES)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("fill", [None, "auto", "blur", "edge", "mirror", "teal", "#ff000080"])
def test_every_fill_on_every_picture(bands: int, shape: tuple[int, int], fill: str | None) -> None:
    before = numbered(*shape, bands)
    result = moved(picture(before), "pad", all=3, background=fill)
    after = levels(result)[3:-3, 3:-3]
    if after.shape[2] in {3, 4} and bands <= 2:
        assert all(np.array_equal(after[..., band], before[..., 0]) for band in range(3))
    else:
        assert np.array_equal(after[..., :bands], before)


@pytest.mark.parametrize("bands", MODES.values(), ids=MODES)
def test_room_is_white_or_transparent(bands: int) -> None:
    after = levels(moved(picture(numbered(9, 9, bands)), "pad", all=1))
    assert after.shape[2] == bands
    assert after[0, 0, -1] == (0 if bands in {2, 4} else 255)


def test_a_size_below_the_picture_keeps_it_with_a_notice() -> None:
    before = numbered(40, 20)
    result = moved(picture(before), "pad", width=10, height=30, background="black")
    assert result.size == (40, 30)
    assert codes(result) == ["pad_too_small"]


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"all": 1, "width": 50},
        {"aspect": 1, "width": 50},
        {"left": 1, "aspect": 1},
        {"all": -1},
        {"all": 5, "gravity": "attention"},
        {"all": 5, "gravity_fallback": "entropy"},
        {"aspect": "16:0"},
        {"aspect": 0},
        {"aspect": "wide"},
        {"all": 5, "background": "blurred"},
    ],
    ids=str,
)
def test_what_makes_no_sense_is_refused(parameters: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        made("pad", **parameters)


@pytest.mark.parametrize("parameters", [{"all": "99999%"}, {"left": 65_500}, {"aspect": 1000}])
def test_too_large_a_result_is_refused(parameters: dict[str, Any]) -> None:
    with pytest.raises(OutputTooLargeError):
        process(encoded(noise((300, 200))), [{"pad": {**parameters}}], {"format": "PNG"})


@settings(max_examples=80, deadline=None)
@given(width=st.integers(1, 60), height=st.integers(1, 60), rooms=st.tuples(ROOM, ROOM, ROOM, ROOM))
def test_any_room(width: int, height: int, rooms: tuple[Any, ...]) -> None:
    sides = dict(zip(("left", "top", "right", "bottom"), rooms, strict=True))
    given_sides = {name: room for name, room in sides.items() if room is not None} or {"all": 0}
    before = numbered(width, height)
    check_followed(before, moved(picture(before), "pad", **given_sides))


@settings(max_examples=80, deadline=None)
@given(width=st.integers(1, 3000), height=st.integers(1, 3000), aspect=st.floats(0.01, 100))
def test_proportions_only_add(width: int, height: int, aspect: float) -> None:
    across, down = size_of("pad", (width, height), aspect=aspect)
    assert across == width or down == height
    assert across >= width
    assert down >= height
    assert abs(across - down * aspect) <= 0.5 * max(1, aspect) + 1e-6
