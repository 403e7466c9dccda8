"""Outlines and labels."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.operations.laying import KINDS, done, flat, pixels
from tests.operations.moving import levels
from tests.operations.seen import array

WHITE = flat((255, 255, 255), 100, 80)
BOX = {"left": 20, "top": 30, "right": 60, "bottom": 70}


def inked(result: np.ndarray) -> np.ndarray:
    """Return how much of the ink each pixel has, 0 to 1."""
    return (255 - result[..., 1]) / 255


def test_a_box_has_lines_inside_of_its_edges() -> None:
    ink = inked(pixels("annotate", WHITE, show=BOX, color="#ff0000", width=3))
    expected = np.zeros((80, 100))
    expected[30:70, 20:60] = 1
    expected[33:67, 23:57] = 0
    assert np.array_equal(ink, expected)


def test_a_box_that_is_thinner_than_its_lines_is_full() -> None:
    show = {"left": 20, "top": 30, "right": 24, "bottom": 70}
    assert inked(pixels("annotate", WHITE, show=show, color="red", width=5)).sum() == 160


def test_a_circle_has_a_line_along_its_edge() -> None:
    ink = inked(pixels("annotate", WHITE, show={**BOX, "shape": "ellipse"}, color="red", width=2))
    assert ink.sum() == pytest.approx(2 * math.pi * 20 * 2, rel=0.2)
    assert ink[45:55, 35:45].max() == 0
    assert ((ink > 0.05) & (ink < 0.95)).any()


def test_a_polygon_has_a_line_along_its_edges() -> None:
    show = {"points": [[10, 10], [90, 10], [50, 70]]}
    ink = inked(pixels("annotate", WHITE, show=show, color="red", width=2))
    length = 80 + 2 * math.hypot(40, 60)
    assert ink.sum() == pytest.approx(2 * length, rel=0.2)
    assert ink[30, 50] == 0


def test_each_part_of_a_list_is_outlined() -> None:
    other = {"left": 70, "top": 5, "right": 90, "bottom": 20}
    ink = inked(pixels("annotate", WHITE, show=[BOX, other], color="red", width=1))
    assert ink[30, 20] == ink[5, 70] == ink[19, 89] == 1
    assert ink.sum() == 4 * 40 - 4 + 2 * (20 + 15) - 4


def test_a_colour_may_shine_through() -> None:
    result = pixels("annotate", WHITE, show=BOX, color="#ff000080", width=3)
    assert result[30, 20].tolist() == [255, 127, 127]


def test_labels_name_what_has_a_name_and_stay_inside() -> None:
    plain = inked(pixels("annotate", WHITE, show="all", color="red", width=1))
    labelled = inked(pixels("annotate", WHITE, show="all", color="red", width=1, labels=True))
    differs = np.argwhere(plain != labelled)
    assert differs.min() >= 0
    assert differs[:, 0].max() < 30
    assert 50 < len(differs) < 900
    without = inked(pixels("annotate", WHITE, show=BOX, color="red", width=1, labels=True))
    assert np.array_equal(without, inked(pixels("annotate", WHITE, show=BOX, color="red", width=1)))


def test_a_part_that_is_not_there_is_not_drawn() -> None:
    show = {"left": 200, "top": 200, "right": 300, "bottom": 300}
    assert np.array_equal(pixels("annotate", WHITE, show=[show, "transparent"]), WHITE)


@pytest.mark.parametrize("kind", KINDS)
def test_kinds_of_pictures(kind: str) -> None:
    bands = KINDS[kind]
    color = (50, 60, 70, 100)[:bands] if bands > 2 else (50, 100)[:bands]
    result = pixels("annotate", flat(color, 100, 80), show=BOX)
    assert result.shape[2] == (bands if bands > 2 else bands + 2)
    assert result[50, 40, -1] == (color[-1] if bands != 1 else 50)


def test_frames_get_the_same_lines() -> None:
    result = done("annotate", flat((0, 0, 0), 100, 80), WHITE, show=BOX, color="red")
    assert levels(result, 0)[30, 20].tolist() == levels(result, 1)[30, 20].tolist() == [255, 0, 0]


def test_what_a_detector_finds_is_drawn_thing_by_thing() -> None:
    photograph = array("astronaut.png")
    plain = levels(done("annotate", photograph, show=["faces", "object:person"], color="#00ff00"))
    drawn = (plain == [0, 255, 0]).all(axis=2)
    for box in ((182, 82, 275, 176), (19, 16, 363, 508)):
        left, top, right, bottom = box
        assert drawn[top : top + 2, left:right].all()
        assert drawn[top:bottom, left : left + 2].all()
    labelled = levels(done("annotate", photograph, show=["faces"], color="#00ff00", labels=True))
    changed = (labelled != photograph).any(axis=2)
    assert changed[62:82, 182:240].mean() > 0.9  # the plate above the box
    assert not changed[182:].any()


def test_each_frame_is_looked_at() -> None:
    photograph, empty = array("astronaut.png"), flat((128,) * 3, 512, 512)
    result = done("annotate", empty, photograph, show="faces", color="red", labels=True)
    assert np.array_equal(levels(result, 0), empty)
    assert (levels(result, 1) != photograph).any()
