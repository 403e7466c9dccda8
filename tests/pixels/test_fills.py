"""What stands around a picture that was made larger."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError

from image_worker.fields import Size
from image_worker.pixels.fills import Fill, edge_colour, extend, framed
from tests.operations.moving import levels, numbered, picture

READ: TypeAdapter[Any] = TypeAdapter(Fill)


def extended(array: np.ndarray, fill: Any, room: int = 4) -> np.ndarray:
    height, width = array.shape[:2]
    size = Size(width + 2 * room, height + 2 * room)
    image = extend(picture(array).image, room, room, size, fill)
    return image.numpy().reshape(size.height, size.width, -1).astype(int)


@pytest.mark.parametrize(
    "value", ["auto", "blur", "edge", "mirror", "red", "#0088ff", "transparent"]
)
def test_words_and_colours(value: str) -> None:
    assert READ.validate_python(value) == value
    assert READ.validate_python([1, 2, 3, 4]) == (1, 2, 3, 4)


@pytest.mark.parametrize("value", ["blurr", "", 5, None, [1, 2], [0, 0, 300], True])
def test_nothing_else(value: object) -> None:
    with pytest.raises(ValidationError, match='expected "auto", "blur", "edge", "mirror"'):
        READ.validate_python(value)


def test_edge_repeats_the_outermost_pixels() -> None:
    array = numbered(6, 5)
    assert np.array_equal(extended(array, "edge"), np.pad(array, ((4, 4), (4, 4), (0, 0)), "edge"))


@pytest.mark.parametrize("shape", [(6, 5), (3, 2), (1, 1)], ids=str)
def test_mirror_repeats_the_picture_mirrored(shape: tuple[int, int]) -> None:
    array = numbered(*shape)
    mirrored = np.pad(array, ((4, 4), (4, 4), (0, 0)), "symmetric")
    assert np.array_equal(extended(array, "mirror"), mirrored)


def test_auto_is_the_most_frequent_colour_of_the_edges() -> None:
    array = np.full((40, 40, 3), (200, 10, 30), np.uint8)
    array[1:-1, 1:-1] = (0, 255, 0)  # most of the picture, but not at its edges
    array[0, :15] = (0, 0, 255)
    assert edge_colour(picture(array).image) == (200, 10, 30, 255)


def test_auto_takes_the_mean_of_a_noisy_edge() -> None:
    noisy = np.random.default_rng(1).integers(97, 111, (50, 50, 3)).astype(np.uint8)
    assert all(abs(level - 103.5) < 2 for level in edge_colour(picture(noisy).image)[:3])


def test_auto_on_grey_and_on_transparent_edges() -> None:
    grey = np.full((20, 20, 1), 77, np.uint8)
    assert edge_colour(picture(grey).image) == (77, 77, 77, 255)
    assert extended(grey, "auto").shape[2] == 1
    clear = numbered(20, 20, 4)
    clear[0], clear[-1], clear[:, 0], clear[:, -1] = (0, 0, 0, 0)
    assert edge_colour(picture(clear).image) == (0, 0, 0, 0)


def test_auto_is_one_colour_for_all_frames() -> None:
    red, blue = (np.full((8, 8, 3), colour, np.uint8) for colour in ((255, 0, 0), (0, 0, 255)))
    result = framed(picture(red, blue), 2, 2, Size(12, 12), "auto")
    assert levels(result, 1)[0, 0].tolist() == [255, 0, 0]
    assert levels(result, 1)[5, 5].tolist() == [0, 0, 255]


def test_blur_is_the_picture_out_of_focus() -> None:
    array = np.zeros((120, 60, 3), np.uint8)
    array[:, :30, 0], array[:, 30:, 2] = 255, 255  # red on the left, blue on the right
    image = extend(picture(array).image, 90, 0, Size(240, 120), "blur")
    after = image.numpy().astype(int)
    assert np.array_equal(after[:, 90:150], array)
    assert after[60, 2].tolist() == [255, 0, 0]
    assert after[60, -3].tolist() == [0, 0, 255]
    # Bicubic enlarging of a blurred picture: no step is left in it.
    assert np.abs(np.diff(after[:, :80, 0], axis=1)).max() <= 25


def test_blur_leaves_hidden_colours_out() -> None:
    array = np.zeros((40, 40, 4), np.uint8)
    array[..., 0] = 255
    array[10:30, 10:30] = (0, 0, 255, 255)
    after = extend(picture(array).image, 40, 0, Size(120, 40), "blur").numpy().astype(int)
    beside = after[:, :40][after[:, :40, 3] > 8]
    assert len(beside) > 200
    assert beside[:, 0].max() <= 2
    assert beside[:, 2].min() >= 250


@pytest.mark.parametrize("shape", [(1, 1), (2000, 3), (3, 2000)], ids=str)
def test_blur_of_thin_pictures(shape: tuple[int, int]) -> None:
    after = extended(np.full((shape[1], shape[0], 3), 90, np.uint8), "blur", 30)
    assert set(np.unique(after)) == {90}


def test_a_colour_gives_bands_that_can_show_it() -> None:
    grey = np.full((4, 4, 1), 9, np.uint8)
    assert extended(grey, "red")[0, 0].tolist() == [255, 0, 0]
    assert extended(grey, "white").shape[2] == 1
    assert extended(grey, "transparent")[0, 0].tolist() == [0, 0]
    assert extended(numbered(4, 4), "#00ff0080")[0, 0].tolist() == [0, 255, 0, 128]
