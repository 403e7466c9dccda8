"""Masks of selectors, against the same shapes computed point by point."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import pyvips
from pydantic import TypeAdapter
from skimage.draw import polygon2mask

import image_worker.catalog  # noqa: F401 - selectors join their family there
from image_worker.fields import Box
from image_worker.picture import Picture
from image_worker.selectors import AnySelector, Selector

READ: TypeAdapter[Selector] = TypeAdapter(AnySelector)
WIDTH, HEIGHT = 120, 80


@pytest.fixture
def picture() -> Picture:
    return Picture(((pyvips.Image.black(WIDTH, HEIGHT, bands=3)).copy(interpretation="srgb"),))


def mask(value: Any, picture: Picture) -> np.ndarray:
    coverage = READ.validate_python(value).coverage(picture)
    assert (coverage.bands, coverage.format) == (1, "uchar")
    assert (coverage.width, coverage.height) == (WIDTH, HEIGHT)
    return coverage.numpy().astype(int)


def inside(shape: Any, samples: int = 8) -> np.ndarray:
    """Return how much of each pixel lies in a shape, by many points in each."""
    steps = (
        (np.arange(WIDTH * samples) + 0.5) / samples,
        (np.arange(HEIGHT * samples) + 0.5) / samples,
    )
    across, down = np.meshgrid(*steps)
    filled = shape(across, down).reshape(HEIGHT, samples, WIDTH, samples)
    return filled.mean(axis=(1, 3)) * 255


def test_a_box_is_sharp(picture: Picture) -> None:
    expected = np.zeros((HEIGHT, WIDTH))
    expected[20:60, 30:90] = 255
    assert (
        mask({"left": 30, "top": "25%", "right": "75%", "bottom": 60}, picture) == expected
    ).all()


def test_missing_edges_are_those_of_the_picture(picture: Picture) -> None:
    assert (mask({"left": 60}, picture)[:, 60:] == 255).all()
    assert (mask({"left": 60}, picture)[:, :60] == 0).all()


def test_round_corners(picture: Picture) -> None:
    def shape(x: Any, y: Any) -> Any:
        nearest_x, nearest_y = np.clip(x, 35, 85), np.clip(y, 25, 55)
        return (x - nearest_x) ** 2 + (y - nearest_y) ** 2 <= 15**2

    box = {"left": 20, "top": 10, "right": 100, "bottom": 70, "radius": 15}
    assert np.abs(mask(box, picture) - inside(shape)).max() <= 24


def test_an_ellipse(picture: Picture) -> None:
    def shape(x: Any, y: Any) -> Any:
        return ((x - 60) / 50) ** 2 + ((y - 40) / 30) ** 2 <= 1

    box = {"left": 10, "top": 10, "right": 110, "bottom": 70, "shape": "ellipse"}
    assert np.abs(mask(box, picture) - inside(shape)).max() <= 24


@pytest.mark.parametrize(
    "points",
    [
        [[10, 10], [100, 20], [60, 70]],
        [[-30, 40], [60, -20], [150, 40], [60, 100]],
        [[10, 10], [110, 10], [110, 70], [60, 30], [10, 70]],
    ],
)
def test_a_polygon(points: list[list[int]], picture: Picture) -> None:
    fine = np.array([[y * 4, x * 4] for x, y in points]) - 0.5
    wide = np.pad(polygon2mask((HEIGHT * 12, WIDTH * 12), fine + [HEIGHT * 4, WIDTH * 4]), 0)
    cut = wide[HEIGHT * 4 : HEIGHT * 8, WIDTH * 4 : WIDTH * 8]
    expected = cut.reshape(HEIGHT, 4, WIDTH, 4).mean(axis=(1, 3)) * 255
    difference = np.abs(mask({"points": points}, picture) - expected)
    assert difference.mean() <= 1
    assert (difference > 100).sum() == 0


def test_a_polygon_that_crosses_itself_has_a_hole(picture: Picture) -> None:
    star = [[60, 0], [90, 78], [10, 28], [110, 28], [30, 78]]
    assert mask({"points": star}, picture)[40, 60] == 0
    assert mask({"points": star}, picture)[24, 60] == 255


def test_a_gradient_grows_along_its_direction(picture: Picture) -> None:
    rows = mask({"gradient": {"direction": "down", "start": 0.25, "stop": 0.75}}, picture)[:, 7]
    expected = np.clip(((np.arange(HEIGHT) + 0.5) / HEIGHT - 0.25) / 0.5, 0, 1) * 255
    assert np.abs(rows - expected).max() <= 1
    columns = mask({"gradient": {"direction": "right"}}, picture)[3]
    assert np.abs(columns - (np.arange(WIDTH) + 0.5) / WIDTH * 255).max() <= 1
    assert (mask({"gradient": {"direction": 90}}, picture)[3] == columns).all()
    assert (mask({"gradient": {"direction": "left"}}, picture)[3] == columns[::-1]).all()


def test_a_gradient_without_length_is_a_step(picture: Picture) -> None:
    rows = mask({"gradient": {"start": 0.5, "stop": 0.5}}, picture)[:, 7]
    assert (rows[:40] == 0).all()
    assert (rows[40:] == 255).all()


def test_a_list_is_a_union(picture: Picture) -> None:
    both = mask([{"right": 20}, {"left": 100}], picture)
    assert (both[:, :20] == 255).all()
    assert (both[:, 100:] == 255).all()
    assert (both[:, 20:100] == 0).all()


def test_expand_and_invert(picture: Picture) -> None:
    square = {"left": 50, "top": 30, "right": 70, "bottom": 50}
    assert (mask({**square, "expand": 10}, picture) == 255).sum() > 36 * 36
    assert mask({**square, "expand": 10}, picture)[40, 41] == 255
    assert mask({**square, "expand": 10}, picture)[40, 38] == 0
    assert mask({**square, "expand": -5}, picture)[40, 53] == 0
    assert mask({**square, "expand": -5}, picture)[40, 57] == 255
    assert (mask({**square, "invert": True}, picture) == 255 - mask(square, picture)).all()


def test_feather_fades_around_the_edge(picture: Picture) -> None:
    row = mask({"left": 60, "feather": 20}, picture)[40]
    assert row[59] < 128 <= row[60] + 1
    assert (np.diff(row) >= 0).all()
    assert row[20] == 0
    assert row[100] == 255


def test_names(picture: Picture) -> None:
    assert (mask("all", picture) == 255).all()
    assert (mask("transparent", picture) == 0).all()
    clear = picture.image.bandjoin(pyvips.Image.identity().resize(WIDTH / 256, vscale=HEIGHT))
    assert mask("transparent", Picture((clear.cast("uchar"),)))[0, 0] > 250


@pytest.mark.parametrize(
    ("value", "box"),
    [
        ({"left": 30, "top": 20, "right": 90, "bottom": 60}, Box(30, 20, 90, 60)),
        ({"left": -30, "right": 20}, Box(0, 0, 20, 80)),
        ({"left": 30, "right": 40, "expand": 5}, Box(25, 0, 45, 80)),
        ({"points": [[10, 10], [50, 10], [50, 30], [10, 30]]}, Box(10, 10, 50, 30)),
        ([{"left": 5, "right": 9}, {"left": 80, "right": 99}], Box(5, 0, 99, 80)),
        ({"left": 200}, None),
        ("transparent", None),
        ("all", Box(0, 0, 120, 80)),
    ],
)
def test_the_box_around_it(value: Any, box: Box | None, picture: Picture) -> None:
    assert READ.validate_python(value).box(picture) == box


@pytest.mark.parametrize(
    "value",
    [
        5,
        [],
        "nobody",
        {"points": [[1, 1], [2, 2]]},
        {"left": "wide"},
        {"gradient": {"start": 2}},
        {"points": [[1, 1], [2, 2], [3, 3]], "gradient": {}},
        {"left": 1, "colour": "red"},
        [[{"left": 1}]],
    ],
)
def test_what_is_no_selector_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="validation error"):
        READ.validate_python(value)


@pytest.mark.parametrize(
    "value",
    [
        "all",
        {"left": 3, "feather": "5%"},
        ["all", {"points": [[1, 1], ["50%", 2], [3, 3]], "invert": True}],
        {"gradient": {"direction": 30}},
    ],
)
def test_it_is_written_as_it_is_read(value: Any) -> None:
    read = READ.validate_python(value)
    assert READ.dump_python(read, mode="json") == value
