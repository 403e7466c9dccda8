"""Sizes, edges and notices of the four operations."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from PIL import Image

from image_worker import process
from image_worker.errors import ImageWorkerError
from tests.pictures import encoded, furthest, levels, noise, opened, photograph

PICTURE = noise((300, 200))
DATA = encoded(PICTURE)
SIDES = st.integers(1, 400)


def done(kind: str, data: bytes = DATA, **params: Any) -> Any:
    return process(data, [{"type": kind, "params": params}], {"format": "PNG"})


@pytest.mark.parametrize(
    ("params", "size"),
    [
        ({"width": 150}, (150, 100)),
        ({"height": 50}, (75, 50)),
        ({"width": 100, "height": 100}, (100, 67)),
        ({"width": 900, "height": 900}, (300, 200)),
        ({"width": 600}, (600, 400)),
        ({"width": 600, "enlarge": False}, (300, 200)),
        ({"width": 100, "height": 100, "fit": "cover"}, (100, 100)),
        ({"width": 100, "height": 100, "fit": "contain"}, (100, 100)),
        ({"width": 100, "height": 100, "fit": "fill"}, (100, 100)),
        ({"width": 100, "height": 100, "fit": "outside"}, (150, 100)),
        ({"width": 100, "height": 100, "maintain_aspect": False}, (100, 100)),
        ({"height": 20, "maintain_aspect": False}, (300, 20)),
        ({"width": "50%"}, (150, 100)),
        ({"width": "50vmin"}, (100, 67)),
        ({"width": 1}, (1, 1)),
    ],
    ids=str,
)
def test_sizes_of_resize(params: dict[str, Any], size: tuple[int, int]) -> None:
    result = done("resize", **params)
    assert result.size == opened(result.data).size == size


def test_contain_draws_bars_in_the_background() -> None:
    data = encoded(Image.new("RGB", (100, 50), "red"))
    pixels = levels(
        done("resize", data, width=50, height=50, fit="contain", background="#00ff00").data
    )
    assert pixels[0, 25].tolist() == pixels[49, 25].tolist() == [0, 255, 0]
    assert pixels[25, 25].tolist() == [255, 0, 0]


@settings(max_examples=60, deadline=None)
@given(width=SIDES, height=SIDES, target=SIDES)
def test_the_other_side_follows_to_the_nearest_pixel(width: int, height: int, target: int) -> None:
    assume(height * target / width < 60_000)
    result = done("resize", encoded(Image.new("L", (width, height))), width=target)
    assert result.size == (target, max(1, int(height * target / width + 0.5)))


@settings(max_examples=40, deadline=None)
@given(width=st.integers(17, 700), height=st.integers(17, 700), target=st.integers(1, 90))
def test_shrinking_jpegs_never_changes_the_size(width: int, height: int, target: int) -> None:
    data = encoded(photograph("chelsea.png", (width, height)), "JPEG")
    params = {"width": target, "height": target}
    step = {"type": "resize", "params": params}
    fast = process(data, [step], {"format": "PNG"})
    exact = process(data, [step], {"format": "PNG"}, plan="exact")
    assert opened(fast.data).size == opened(exact.data).size == fast.size


@settings(max_examples=40, deadline=None)
@given(left=st.integers(0, 298), top=st.integers(0, 198), data=st.data())
def test_crop_cuts_the_same_pixels_as_numpy(left: int, top: int, data: st.DataObject) -> None:
    right, bottom = data.draw(st.integers(left + 1, 300)), data.draw(st.integers(top + 1, 200))
    result = done("crop", left=left, top=top, right=right, bottom=bottom)
    expected = np.asarray(PICTURE)[top:bottom, left:right].astype(int)
    assert furthest(levels(result.data), expected) == 0
    assert not result.rendered.notices


def test_crop_beyond_the_edges_is_cut_with_a_notice() -> None:
    result = done("crop", left=-20, top=150, right=400, bottom=260)
    assert result.size == (300, 50)
    assert [notice.code for notice in result.rendered.notices] == ["crop_clamped"]


@pytest.mark.parametrize("box", [(300, 0, 310, 10), (50, 50, 50, 60), (60, 0, 40, 10)])
def test_an_empty_crop_is_refused(box: tuple[int, int, int, int]) -> None:
    edges = dict(zip(("left", "top", "right", "bottom"), box, strict=True))
    with pytest.raises(ImageWorkerError) as caught:
        done("crop", **edges)
    assert caught.value.code == "invalid_parameter"
    assert caught.value.path == "operations[0].params"


@pytest.mark.parametrize("params", [{"brightness": 1}, {"contrast": 1.0}, {"saturation": 1}])
def test_neutral_factors_change_nothing(params: dict[str, Any]) -> None:
    assert furthest(levels(done("adjust", **params).data), levels(DATA)) == 0


def test_adjust_leaves_transparency_alone() -> None:
    image = noise((600, 400), bands=4)
    result = levels(done("adjust", encoded(image), brightness=0.5, contrast=2).data)
    assert furthest(result[..., 3], levels(image)[..., 3]) == 0


@pytest.mark.parametrize("name", ["sharpen", "contour", "edge_enhance", "emboss"])
def test_filters_that_do_not_mix_leave_transparency_alone(name: str) -> None:
    image = noise((60, 40), bands=4)
    result = levels(done("filter", encoded(image), name=name).data)
    assert furthest(result[..., 3], levels(image)[..., 3]) == 0
