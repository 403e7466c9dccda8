"""Gravity: how it is written, and which part of a picture it means."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

import image_worker.catalog  # noqa: F401 - selectors join their family there
from image_worker import extras
from image_worker.errors import InvalidParameterError
from image_worker.fields import Side, Size, place
from image_worker.operations.crop import Crop
from image_worker.selectors.gravity import Gravity, Point, window
from tests.operations.moving import codes, numbered, picture

READ: TypeAdapter[Any] = TypeAdapter(Gravity)
SIDES: list[str] = TypeAdapter(Side).json_schema()["enum"]


def read(value: object) -> Any:
    return READ.validate_python(value)


def corner(outer: tuple[int, int], inner: tuple[int, int], gravity: object) -> tuple[int, int]:
    _, found = window(picture(numbered(*outer)), Size(*inner), read(gravity))
    return found


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("centre", "center"),
        ("north", "top"),
        ("north-east", "top-right"),
        ("northeast", "top-right"),
        ("east", "right"),
        ("south-east", "bottom-right"),
        ("south", "bottom"),
        ("southwest", "bottom-left"),
        ("west", "left"),
        ("north-west", "top-left"),
        ("30% 20%", Point(x="30%", y="20%")),
        ("100% 0%", Point(x="100%", y="0%")),
        ({"x": 3, "y": "20%"}, Point(x=3, y="20%")),
        ("attention", "attention"),
        ("entropy", "entropy"),
        *((side, side) for side in SIDES),
    ],
)
def test_every_form_is_read(written: object, meant: object) -> None:
    assert read(written) == meant


@pytest.mark.parametrize(
    "value",
    [
        {"left": 5},
        "all",
        "transparent",
        {"points": [[0, 0], [9, 0], [0, 9]]},
        ["all", {"right": 5}],
    ],
    ids=str,
)
def test_selectors_are_read_and_written_again(value: object) -> None:
    assert READ.dump_python(read(value), mode="json") == value


@pytest.mark.parametrize("value", ["north", "30.5% 20%", {"x": 3, "y": "20%"}, "entropy"], ids=str)
def test_what_is_written_means_the_same(value: object) -> None:
    assert read(READ.dump_python(read(value), mode="json")) == read(value)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("top-rigth", 'did you mean "top-right"'),
        ("attenton", 'did you mean "attention"'),
        ("101% 0%", "expected"),
        ({"x": "120%", "y": 0}, 'expected "x" from "0%" to "100%"'),
        ({"x": -1, "y": 0}, "expected"),
        ({"x": 1}, "expected a value, got none"),
        (5, "expected"),
        (None, "expected"),
        ("", "known are center"),
    ],
    ids=str,
)
def test_what_is_no_gravity_is_refused(value: object, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        read(value)


@pytest.mark.parametrize("name", ["faces", "subject", "object:dog"])
def test_a_detector_that_is_not_here_is_asked_for_by_name(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(extras.EXTRAS, "vision", ("no_such_module",))
    with pytest.raises(ValidationError, match=name):
        read(name)


@given(inner=st.tuples(st.integers(1, 40), st.integers(1, 40)), side=st.sampled_from(SIDES))
def test_sides_are_where_place_puts_them(inner: tuple[int, int], side: str) -> None:
    left, top = corner((20, 20), inner, side)
    if inner[0] <= 20 and inner[1] <= 20:
        assert (left, top) == place(Size(*inner), Size(20, 20), side)
    elif inner[0] >= 20 and inner[1] >= 20:  # the picture stands in the window
        assert (-left, -top) == place(Size(20, 20), Size(*inner), side)


@pytest.mark.parametrize(
    ("inner", "gravity", "expected"),
    [
        # As CSS: 30% of what is left over lies to the left.
        ((50, 100), "30% 20%", (15, 0)),
        ((50, 50), "30% 20%", (15, 10)),
        ((50, 50), "0% 100%", (0, 50)),
        ((51, 51), "50% 50%", (24, 24)),
        ((50, 50), {"x": 30, "y": 20}, (15, 10)),
        ((50, 50), {"x": 100, "y": 0}, (50, 0)),
        ((200, 100), "30% 0%", (-30, 0)),
        # The middle of the box in the middle of the window, as far as the picture goes.
        ((50, 50), {"left": 30, "right": 50, "top": 60, "bottom": 70}, (15, 40)),
        ((50, 50), {"right": 10, "bottom": 10}, (0, 0)),
        ((50, 50), {"left": 90, "top": 95}, (50, 50)),
        ((200, 100), {"right": 10}, (-95, 0)),
        ((120, 100), {"right": 10}, (-20, 0)),
        ((50, 50), [{"right": 10}, {"left": 50, "right": 70}], (10, 25)),
    ],
    ids=str,
)
def test_windows_by_hand(
    inner: tuple[int, int], gravity: object, expected: tuple[int, int]
) -> None:
    assert corner((100, 100), inner, gravity) == expected


def test_a_point_outside_of_the_picture_is_refused() -> None:
    with pytest.raises(InvalidParameterError, match="inside of the picture"):
        corner((100, 100), (50, 50), {"x": 101, "y": 0})


def lively(left: int, top: int) -> np.ndarray:
    """Return an even picture with a patch of colours."""
    array = np.full((120, 200, 3), 128, np.uint8)
    array[top : top + 24, left : left + 24] = numbered(24, 24)
    return array


@pytest.mark.parametrize("word", ["attention", "entropy"])
@pytest.mark.parametrize(("left", "top"), [(10, 10), (160, 80), (90, 50)])
def test_what_draws_the_eye_is_kept(word: str, left: int, top: int) -> None:
    start = picture(lively(left, top))
    _, (across, down) = window(start, Size(80, 60), word)
    assert across <= left + 12 <= across + 80
    assert down <= top + 12 <= down + 60


@pytest.mark.parametrize("word", ["attention", "entropy"])
def test_nothing_draws_the_eye_in_an_even_picture(word: str) -> None:
    even = picture(np.full((100, 100, 3), 9, np.uint8))
    assert window(even, Size(50, 50), word)[1] == (25, 25)
    assert window(even, Size(200, 50), word)[1] == (-50, 25)


def test_a_selector_that_finds_nothing_falls_back() -> None:
    start, nothing = picture(lively(160, 80)), read("transparent")
    came, (across, _) = window(start, Size(60, 120), nothing)
    assert codes(came) == ["gravity_fallback"]
    assert across <= 172 <= across + 60
    assert window(start, Size(60, 120), nothing, "left")[1] == (0, 0)
    # The fallback of a fallback is the middle.
    assert window(start, Size(60, 120), nothing, nothing)[1] == (70, 0)


def test_a_transparent_part_is_found() -> None:
    array = numbered(100, 100, 4)
    array[10:20, 60:80, 3] = 0
    assert window(picture(array), Size(40, 40), read("transparent"))[1] == (50, 0)


def test_all_frames_are_cropped_as_the_first_says() -> None:
    first, second = lively(10, 10), lively(160, 80)
    result = Crop(width=80, height=60, gravity="attention").run(picture(first, second))
    alone = Crop(width=80, height=60, gravity="attention").run(picture(first))
    assert dict(result.details) == dict(alone.details)


def test_a_sequential_picture_is_read_once() -> None:
    import pyvips

    from image_worker.picture import Picture

    data = picture(lively(160, 80)).image.pngsave_buffer()
    image = pyvips.Image.new_from_buffer(data, "", access="sequential")
    came, (left, top) = window(Picture((image,)), Size(80, 60), "attention")
    assert came.image.crop(left, top, 80, 60).avg() > 0
