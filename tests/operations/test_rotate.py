"""Turning, against numpy and scikit-image."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from skimage.transform import AffineTransform, warp

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
    ramp,
    size_of,
    sources,
)  # fmt: skip
from tests.pictures import apart, encoded, photograph
from tests.pictures import levels as file_levels

CAT = np.asarray(photograph("chelsea.png", (120, 90)))


@pytest.mark.parametrize(
    ("angle", "turns"),
    [(0, 0), (90, 3), (180, 2), (270, 1), (360, 0), (-90, 1), (-180, 2), (-270, 3), (90.0, 3)],
)
@pytest.mark.parametrize("bands", MODES.values(), ids=MODES)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_quarter_turns_are_exact(
    angle: float, turns: int, bands: int, shape: tuple[int, int]
) -> None:
    before = numbered(*shape, bands)
    result = moved(picture(before), "rotate", angle=angle)
    assert np.array_equal(levels(result), np.rot90(before, turns))
    check_followed(before, result)


@pytest.mark.parametrize("angle", [90, -90])
def test_a_quarter_turn_that_keeps_the_size_keeps_the_middle(angle: int) -> None:
    before = numbered(30, 12)
    result = moved(picture(before), "rotate", angle=angle, expand=False, background="#010203")
    expected = np.full_like(before, (1, 2, 3))
    expected[:, 9:21] = np.rot90(before, -angle // 90)[9:21]
    assert np.array_equal(levels(result), expected)
    check_followed(before, result)


@pytest.mark.parametrize(
    ("size", "angle", "expected"),
    [
        ((100, 100), 45, (141, 141)),  # 141.42
        ((200, 100), 30, (223, 187)),  # 200 cos + 100 sin = 223.2, 200 sin + 100 cos = 186.6
        ((200, 100), -30, (223, 187)),
        ((200, 100), 150, (223, 187)),
        ((1, 1), 45, (1, 1)),
        ((10_000, 3), 0.001, (10_000, 3)),
        ((10_000, 3), 60, (5003, 8662)),
    ],
)
def test_the_result_holds_the_whole_picture(
    size: tuple[int, int], angle: float, expected: tuple[int, int]
) -> None:
    assert size_of("rotate", size, angle=angle) == expected
    assert size_of("rotate", size, angle=angle, expand=False) == size


@pytest.mark.parametrize("angle", [7, 45, 90.5, 133, -20, 300])
@pytest.mark.parametrize("expand", [True, False])
def test_other_angles_look_like_those_of_scikit_image(angle: float, *, expand: bool) -> None:
    result = moved(picture(CAT), "rotate", angle=angle, expand=expand, background="black")
    assert result.origin is not None
    a, b, c, d, e, f = result.origin
    # scikit-image counts from the middle of a pixel, we from its corner.
    shift = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    back = np.linalg.inv(shift) @ np.array([[a, c, e], [b, d, f], [0, 0, 1]]) @ shift
    shape = (result.size.height, result.size.width)
    expected = warp(CAT, AffineTransform(back), output_shape=shape, order=3, preserve_range=True)
    difference = np.abs(levels(result) - np.clip(expected, 0, 255))
    x, y = sources(result)
    inner = (x > 3) & (x < 117) & (y > 3) & (y < 87)
    print("inside", difference[inner].mean(), difference[inner].max(), "all", difference.mean())
    assert difference[inner].mean() < 1.5
    assert difference.mean() < 2.5


@pytest.mark.parametrize("angle", [10, -75, 200])
def test_the_origin_says_where_pixels_came_from(angle: float) -> None:
    before = ramp(200, 120)
    result = moved(picture(before), "rotate", angle=angle)
    x, y = sources(result)
    inner = (x > 3) & (x < 197) & (y > 3) & (y < 117)
    after = levels(result)
    assert np.abs(after[..., 0] + 0.5 - x)[inner].max() <= 0.6
    assert np.abs(after[..., 1] + 0.5 - y)[inner].max() <= 0.6


def test_edges_are_smooth_and_not_drawn_along() -> None:
    flat = np.full((80, 80, 3), 200, np.uint8)
    after = levels(moved(picture(flat), "rotate", angle=12, background="black"))
    assert set(np.unique(after)) > {0, 200}
    assert after.max() == 200
    steps = (after > 0) & (after < 200)
    # Half of all edge pixels' coverage: the area is that of the picture.
    assert abs(after.sum() / (200 * 3) - 80 * 80) < 30
    assert steps.sum() > 3 * 250


def test_hidden_colours_do_not_bleed() -> None:
    before = np.zeros((60, 60, 4), np.uint8)
    before[..., 0] = 255  # transparent pixels are red
    before[20:40, 20:40] = (0, 0, 255, 255)
    after = levels(moved(picture(before), "rotate", angle=30))
    assert after[..., 0][after[..., 3] > 0].max() <= 1
    assert after[0, 0, 3] == 0


@pytest.mark.parametrize("bands", MODES.values(), ids=MODES)
def test_corners_are_white_or_transparent(bands: int) -> None:
    after = levels(moved(picture(numbered(40, 30, bands)), "rotate", angle=45))
    assert after[0, 0, -1] == (0 if bands in {2, 4} else 255)


@pytest.mark.parametrize("bands", MODES.values(), ids=MODES)
def test_a_colour_makes_the_picture_coloured(bands: int) -> None:
    after = levels(
        moved(picture(numbered(40, 30, bands)), "rotate", angle=45, background="#ff000080")
    )
    assert after[0, 0].tolist() == [255, 0, 0, 128]


def test_the_background_does_not_shine_through_the_picture() -> None:
    clear = np.zeros((60, 60, 4), np.uint8)
    after = levels(moved(picture(clear), "rotate", angle=30, background="red"))
    assert after[0, 0].tolist() == [255, 0, 0, 255]
    assert after[after.shape[0] // 2, after.shape[1] // 2, 3] == 0


@settings(max_examples=60, deadline=None)
@given(
    width=st.integers(1, 60),
    height=st.integers(1, 60),
    angle=st.floats(-360, 360),
    expand=st.booleans(),
)
def test_the_size_is_as_foretold(width: int, height: int, angle: float, *, expand: bool) -> None:
    result = moved(picture(numbered(width, height)), "rotate", angle=angle, expand=expand)
    longest = math.hypot(width, height) + 1
    assert max(result.size) <= longest


@pytest.mark.parametrize("angle", [90, 180, 270])
@pytest.mark.parametrize("size", [(800, 600), (801, 603)], ids=str)
def test_a_picture_that_the_decoder_shrank_is_turned_as_well(
    angle: int, size: tuple[int, int]
) -> None:
    data = encoded(photograph("chelsea.png", size), "JPEG", quality=92)
    steps = [{"rotate": {"angle": angle}}, {"resize": {"width": 90}}]
    fast, exact = (
        file_levels(process(data, steps, {"format": "PNG"}, plan=plan).data)
        for plan in ("fast", "exact")
    )
    assert apart(fast, exact) <= 1.0


def test_only_quarter_turns_of_whole_pixels_pass_shrunk() -> None:
    assert made("rotate", angle=90).passes_shrunk(Size(64, 32), 8)
    assert not made("rotate", angle=90).passes_shrunk(Size(64, 33), 8)
    assert not made("rotate", angle=91).passes_shrunk(Size(64, 32), 8)
    assert not made("rotate", angle=90, expand=False).passes_shrunk(Size(64, 32), 8)


@pytest.mark.parametrize("angle", [361, -360.5, "90", None, True])
def test_what_is_no_angle_is_refused(angle: object) -> None:
    with pytest.raises(ValidationError):
        made("rotate", angle=angle)
