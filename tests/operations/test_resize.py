"""Sizes and pixels of scaling: sizes by hand after CSS and sharp, pixels against Pillow."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pydantic import ValidationError

from image_worker import process
from image_worker.errors import OutputTooLargeError, TooCostlyError
from image_worker.fields import Size
from tests.operations.moving import (
    MODES,
    SHAPES,
    codes,
    levels,
    made,
    moved,
    numbered,
    picture,
    ramp,
    size_of,
    sources,
)  # fmt: skip
from tests.pictures import apart, encoded, noise, photograph
from tests.pictures import levels as file_levels

KERNELS = ("nearest", "linear", "cubic", "mitchell", "lanczos2", "lanczos3", "mks2013", "mks2021")
CAT = np.asarray(photograph("chelsea.png", (240, 180)))
WORDS = ("center", "top-right", "30% 80%", "attention", "entropy")
FACE = {"left": 180, "top": 20, "right": 220, "bottom": 60}


@pytest.mark.parametrize(
    ("parameters", "size"),
    [
        # One side, the other to the nearest pixel: 1000x667.
        ({"width": 800}, (800, 534)),  # 533.6
        ({"height": 100}, (150, 100)),  # 149.9
        ({"width": 1}, (1, 1)),
        ({"width": "50%"}, (500, 334)),  # 333.5 goes up
        ({"width": "30vmin"}, (200, 133)),  # 200.1
        ({"height": "50vmax"}, (750, 500)),  # 749.6
        ({"width": 2000}, (2000, 1334)),
        ({"width": 2000, "enlarge": False}, (1000, 667)),
        # A box: as object-fit says, and as sharp's words say.
        ({"width": 300, "height": 300}, (300, 200)),
        ({"width": 3000, "height": 3000}, (1000, 667)),
        ({"width": 3000, "height": 3000, "enlarge": True}, (3000, 2001)),
        ({"width": 300, "height": 300, "fit": "fit"}, (300, 200)),
        ({"width": 300, "height": 300, "fit": "max"}, (300, 200)),
        ({"width": 300, "height": 300, "fit": "outside"}, (450, 300)),
        ({"width": 300, "height": 300, "fit": "cover"}, (300, 300)),
        ({"width": 300, "height": 300, "fit": "crop"}, (300, 300)),
        ({"width": 300, "height": 300, "fit": "contain"}, (300, 300)),
        ({"width": 300, "height": 300, "fit": "pad"}, (300, 300)),
        ({"width": 300, "height": 300, "fit": "fill"}, (300, 300)),
        ({"width": 300, "height": 300, "fit": "scale"}, (300, 300)),
        ({"width": 300, "height": 300, "maintain_aspect": False}, (300, 300)),
        ({"width": 300, "fit": "fill"}, (300, 667)),
        ({"width": 2000, "height": 300, "fit": "fill", "enlarge": False}, (1000, 300)),
        ({"width": 2000, "height": 2000, "fit": "cover"}, (2000, 2000)),
        ({"width": 2000, "height": 500, "fit": "cover", "enlarge": False}, (1000, 500)),
        ({"width": 2000, "height": 2000, "fit": "contain", "enlarge": False}, (2000, 2000)),
        ({"width": 2000, "height": 2000, "fit": "outside", "enlarge": False}, (1000, 667)),
        # Factors.
        ({"scale": 0.5}, (500, 334)),
        ({"scale": "50%"}, (500, 334)),
        ({"scale": 2}, (2000, 1334)),
        ({"scale": 2, "enlarge": False}, (1000, 667)),
        ({"scale": 0.0001}, (1, 1)),
        ({"width": 100, "dpr": 2}, (200, 133)),
        ({"width": "100px", "dpr": 1.5}, (150, 100)),
        ({"width": "10%", "dpr": 2}, (100, 67)),
        ({"width": 100, "height": "10%", "dpr": 3, "fit": "fill"}, (300, 67)),
        # Pixels, of which the picture has 667 thousand.
        ({"max_pixels": 667_000}, (1000, 667)),
        ({"max_pixels": 10_000_000}, (1000, 667)),
        ({"max_pixels": 166_750}, (500, 333)),  # 333.5 goes up, which is 250 too many
        ({"max_pixels": 10_000}, (122, 81)),  # 122.4 x 81.7, and 122 x 82 is too many
        ({"max_pixels": 1}, (1, 1)),
        ({"max_pixels": 2_668_000, "enlarge": True}, (2000, 1334)),
        ({"width": 500, "max_pixels": 10_000}, (122, 81)),
        ({"width": 400, "height": 400, "fit": "cover", "max_pixels": 10_000}, (100, 100)),
        ({"width": 400, "height": 400, "fit": "contain", "max_pixels": 10_000}, (100, 100)),
        # Multiples.
        ({"multiple_of": 64}, (960, 640)),
        ({"multiple_of": 64, "round": "nearest"}, (1024, 640)),
        ({"multiple_of": 64, "round": "up"}, (1024, 704)),
        ({"width": 300, "multiple_of": 8}, (296, 200)),
        ({"width": 10, "multiple_of": 64}, (64, 64)),
        ({"width": 301, "height": 299, "fit": "fill", "multiple_of": 2}, (300, 298)),
        ({"width": 301, "height": 299, "fit": "contain", "multiple_of": 2}, (300, 298)),
        ({"max_pixels": 262_144, "multiple_of": 64}, (576, 384)),  # 627 x 418
        ({"max_pixels": 262_144, "multiple_of": 64, "round": "up"}, (576, 384)),  # 640 x 448
        ({"width": 333, "multiple_of": 1}, (333, 222)),
    ],
    ids=str,
)
def test_sizes_by_hand(parameters: dict[str, Any], size: tuple[int, int]) -> None:
    assert size_of("resize", (1000, 667), **parameters) == size


@pytest.mark.parametrize(
    ("size", "parameters", "expected"),
    [
        ((5000, 3), {"width": 100}, (100, 1)),
        ((10_000, 3), {"height": 30}, (100_000, 30)),
        ((10_000, 3), {"width": 10, "height": 10, "fit": "cover"}, (10, 10)),
        ((10_000, 3), {"max_pixels": 1000}, (1000, 1)),
        ((3, 10_000), {"max_pixels": 1000}, (1, 1000)),
        ((10_000, 3), {"max_pixels": 1000, "multiple_of": 10}, (100, 10)),
        ((10_000, 3), {"max_pixels": 100, "multiple_of": 10}, (10, 10)),
        ((1, 1), {"multiple_of": 256}, (256, 256)),
        ((1, 1), {"width": 7, "height": 5, "fit": "cover"}, (7, 5)),
    ],
    ids=str,
)
def test_sizes_of_extreme_pictures(
    size: tuple[int, int], parameters: dict[str, Any], expected: tuple[int, int]
) -> None:
    assert size_of("resize", size, **parameters) == expected


def test_other_words_become_our_own() -> None:
    words = {"fit": "inside", "max": "inside", "crop": "cover", "pad": "contain", "scale": "fill"}
    for word, ours in words.items():
        assert made("resize", width=5, fit=word) == made("resize", width=5, fit=ours)
        assert made("resize", width=5, fit=word).model_dump()["fit"] == ours


@pytest.mark.parametrize("bands", MODES.values(), ids=MODES)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("fit", ["inside", "cover", "contain", "fill", "outside"])
@pytest.mark.parametrize("linear", [True, False], ids=["linear", "levels"])
def test_every_picture_with_every_fit(
    bands: int, shape: tuple[int, int], fit: str, *, linear: bool
) -> None:
    start = picture(numbered(*shape, bands))
    result = moved(start, "resize", width=7, height=5, fit=fit, enlarge=True, linear=linear)
    assert result.image.bands == bands
    assert np.isfinite(levels(result)).all()


@pytest.mark.parametrize("gravity", [*WORDS, "transparent", {"right": 1}], ids=str)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_every_gravity_on_every_picture(gravity: Any, shape: tuple[int, int]) -> None:
    start = picture(numbered(*shape, 4))
    moved(start, "resize", width=9, height=4, fit="cover", gravity=gravity)
    moved(start, "resize", width=20, multiple_of=16, gravity=gravity)


@pytest.mark.parametrize("fill", [None, "auto", "blur", "edge", "mirror", "teal", "#00000000"])
@pytest.mark.parametrize("bands", MODES.values(), ids=MODES)
def test_contain_with_every_fill(fill: str | None, bands: int) -> None:
    before = numbered(20, 10, bands)
    result = moved(picture(before), "resize", width=20, height=30, fit="contain", background=fill)
    middle = levels(result)[10:20]
    assert np.array_equal(middle[..., 0], before[..., 0])
    if fill is None:
        assert levels(result)[0, 0, -1] == 0  # black, or transparent


@pytest.mark.parametrize("gravity", ["top", "bottom", "50% 25%", {"bottom": 2}], ids=str)
def test_gravity_says_where_contain_puts_it(gravity: Any) -> None:
    before = np.full((10, 20, 3), 200, np.uint8)
    after = levels(
        moved(picture(before), "resize", width=20, height=30, fit="contain", gravity=gravity)
    )
    start = {"top": 0, "bottom": 20, "50% 25%": 5}.get(str(gravity), 14)
    assert np.flatnonzero(after[:, 5, 0]).tolist() == list(range(start, start + 10))


@pytest.mark.parametrize(
    ("gravity", "left"),
    [
        ("left", 0),
        ("center", 40),
        ("right", 80),
        ("25% 0%", 20),
        (FACE, 80),
        ({"left": 130, "right": 150}, 60),
        ({"x": 60, "y": 0}, 20),
    ],
    ids=str,
)
def test_gravity_says_what_cover_keeps(gravity: Any, left: int) -> None:
    # 240x180 to 80 high is 107 wide; without scaling, 160 of 240 are kept.
    result = moved(picture(CAT), "resize", width=160, height=180, fit="cover", gravity=gravity)
    assert np.array_equal(levels(result), CAT[:, left : left + 160])


def test_coordinates_are_those_of_the_picture_before() -> None:
    result = moved(picture(CAT), "resize", width=40, height=90, fit="cover", gravity=FACE)
    # The face's middle, 200, is 100 after the scaling by a half, so 80 to 120.
    half = np.asarray(Image.fromarray(CAT).resize((120, 90), Image.Resampling.LANCZOS))
    assert apart(levels(result), half[:, 80:120].astype(int)) < 0.6


@pytest.mark.parametrize("word", ["attention", "entropy"])
@pytest.mark.parametrize("size", [(100, 60), (600, 360)], ids=["smaller", "larger"])
def test_the_eye_catcher_is_kept_and_told(word: str, size: tuple[int, int]) -> None:
    before = np.full((300, 300, 3), 128, np.uint8)
    before[220:280, 100:160] = numbered(60, 60)
    result = moved(
        picture(before), "resize", width=size[0], height=size[1], fit="cover", gravity=word
    )
    left, top, right, bottom = dict(result.details)["box"]
    assert (left, right) == (0, 300)
    assert bottom - top == 180
    assert top <= 235
    assert bottom >= 265


@pytest.mark.parametrize("kernel", KERNELS)
def test_every_kernel_keeps_an_even_colour(kernel: str) -> None:
    flat = np.full((60, 80, 3), (200, 100, 50), np.uint8)
    for width in (9, 40, 200):
        after = levels(moved(picture(flat), "resize", width=width, kernel=kernel))
        assert np.abs(after - (200, 100, 50)).max() <= 1


@pytest.mark.parametrize(
    ("kernel", "filter_"),
    [
        ("linear", Image.Resampling.BILINEAR),
        ("cubic", Image.Resampling.BICUBIC),
        ("lanczos3", Image.Resampling.LANCZOS),
    ],
)
def test_kernels_are_those_of_pillow(kernel: str, filter_: Image.Resampling) -> None:
    expected = np.asarray(Image.fromarray(CAT).resize((80, 60), filter_)).astype(int)
    ours = levels(moved(picture(CAT), "resize", width=80, kernel=kernel))
    others = [
        apart(levels(moved(picture(CAT), "resize", width=80, kernel=other)), expected)
        for other in set(KERNELS) - {kernel}
    ]
    assert apart(ours, expected) < min(0.7, *others)


def test_nearest_makes_no_new_colours() -> None:
    before = np.random.default_rng(1).choice([0, 255], (90, 120, 3)).astype(np.uint8)
    for width in (17, 60, 300):
        after = levels(moved(picture(before), "resize", width=width, kernel="nearest"))
        assert set(np.unique(after)) <= {0, 255}


def linear_mean(low: int, high: int) -> float:
    """Return the level of the mean of the light of two levels."""

    def light(level: float) -> float:
        part = level / 255
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    mean = (light(low) + light(high)) / 2
    return 255 * (mean * 12.92 if mean <= 0.0031308 else 1.055 * mean ** (1 / 2.4) - 0.055)


@pytest.mark.parametrize("bands", MODES.values(), ids=MODES)
def test_linear_light_keeps_a_chessboard_bright(bands: int) -> None:
    board = (np.indices((64, 64)).sum(0) % 2 * 255).astype(np.uint8)
    before = np.dstack([board] * bands)
    if bands in {2, 4}:
        before[..., -1] = 255
    plain = levels(moved(picture(before), "resize", width=8, kernel="linear"))[4, 4, 0]
    light = levels(moved(picture(before), "resize", width=8, kernel="linear", linear=True))
    assert abs(plain - 127.5) <= 2
    assert abs(light[4, 4, 0] - linear_mean(0, 255)) <= 2  # 187.5


@pytest.mark.parametrize("linear", [True, False])
def test_hidden_colours_do_not_bleed(*, linear: bool) -> None:
    before = np.zeros((64, 64, 4), np.uint8)
    before[..., 0] = 255
    before[16:48, 16:48] = (0, 0, 200, 255)
    for width in (13, 150):
        after = levels(moved(picture(before), "resize", width=width, linear=linear))
        seen = after[..., 3] > 8
        assert after[..., 0][seen].max() <= 1
        assert abs(after[..., 2][seen] - 200).max() <= 2


def test_linear_light_leaves_what_is_not_mixed_alone() -> None:
    every = np.dstack([np.arange(256, dtype=np.uint8).reshape(16, 16)] * 3)
    after = levels(moved(picture(every), "resize", scale=3, kernel="nearest", linear=True))
    assert np.array_equal(after[1::3, 1::3], every)


@pytest.mark.parametrize(
    "parameters",
    [
        {"width": 100},
        {"width": 450, "kernel": "linear"},
        {"width": 60, "height": 60, "fit": "cover", "gravity": "right"},
        {"width": 60, "height": 60, "fit": "cover", "gravity": "attention"},
        {"width": 160, "height": 160, "fit": "contain", "gravity": "bottom"},
        {"width": 50, "height": 100, "fit": "fill"},
        {"width": 128, "multiple_of": 32, "gravity": "bottom-right"},
    ],
    ids=str,
)
def test_the_origin_says_where_pixels_came_from(parameters: dict[str, Any]) -> None:
    result = moved(picture(ramp(200, 120)), "resize", **parameters)
    x, y = sources(result)
    inner = (x > 6) & (x < 194) & (y > 6) & (y < 114)
    assert inner.sum() > 500
    after = levels(result)
    assert np.abs(after[..., 0] + 0.5 - x)[inner].max() <= 1.1
    assert np.abs(after[..., 1] + 0.5 - y)[inner].max() <= 1.1


LENGTHS = st.one_of(
    st.none(), st.integers(1, 90), st.integers(1, 300).map(lambda share: f"{share}%")
)


@settings(max_examples=250, deadline=None)
@given(
    width=st.integers(1, 80),
    height=st.integers(1, 80),
    box=st.tuples(LENGTHS, LENGTHS),
    fit=st.sampled_from(["inside", "cover", "contain", "fill", "outside"]),
    enlarge=st.sampled_from([None, True, False]),
    max_pixels=st.one_of(st.none(), st.integers(400, 4000)),
    multiple_of=st.sampled_from([1, 2, 8, 20]),
    way=st.sampled_from(["down", "nearest", "up"]),
)
def test_the_size_is_as_foretold(  # noqa: PLR0913
    *, width: int, height: int, box: tuple[Any, Any], fit: str, enlarge: bool | None,
    max_pixels: int | None, multiple_of: int, way: str,
) -> None:  # fmt: skip
    parameters = {
        "width": box[0], "height": box[1], "fit": fit, "enlarge": enlarge, "max_pixels": max_pixels,
        "multiple_of": multiple_of, "round": way,
    }  # fmt: skip
    if box == (None, None) and max_pixels is None and multiple_of == 1:
        return
    if size_of("resize", (width, height), **parameters)[0] > 20_000:
        return
    result = moved(picture(numbered(width, height, 4)), "resize", **parameters)
    assert result.size.width % multiple_of == result.size.height % multiple_of == 0
    if max_pixels is not None:
        assert result.size.width * result.size.height <= max_pixels
    if enlarge is False and multiple_of == 1 and fit != "contain":
        assert result.size.width <= width
        assert result.size.height <= height


@settings(max_examples=200, deadline=None)
@given(
    size=st.tuples(st.integers(1, 3000), st.integers(1, 3000)),
    smaller=st.tuples(st.floats(0, 1), st.floats(0, 1)),
    box=st.tuples(LENGTHS, LENGTHS),
    fit=st.sampled_from(["inside", "cover", "contain", "fill", "outside"]),
    multiple_of=st.sampled_from([1, 8]),
    max_pixels=st.one_of(st.none(), st.integers(64, 10**6)),
    enlarge=st.sampled_from([None, True, False]),
)
def test_the_bound_holds_for_every_smaller_picture(  # noqa: PLR0913
    *, size: tuple[int, int], smaller: tuple[float, float], box: tuple[Any, Any], fit: str,
    multiple_of: int, max_pixels: int | None, enlarge: bool | None,
) -> None:  # fmt: skip
    parameters = {
        "width": box[0], "height": box[1], "fit": fit, "multiple_of": multiple_of,
        "max_pixels": max_pixels, "enlarge": enlarge,
    }  # fmt: skip
    if box == (None, None) and max_pixels is None and multiple_of == 1:
        return
    resize = made("resize", **parameters)
    part = Size(*(max(1, int(side * share)) for side, share in zip(size, smaller, strict=True)))
    bound, came = resize.bound(Size(*size)), resize.result_size(part)
    assert came.width <= bound.width
    assert came.height <= bound.height


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"fit": "cover"},
        {"width": 5, "scale": 2},
        {"scale": 0},
        {"scale": -1},
        {"scale": "0%"},
        {"scale": "half"},
        {"scale": True},
        {"scale": 1001},
        {"width": 0},
        {"width": 5, "fit": "stretch"},
        {"width": 5, "dpr": 0.05},
        {"width": 5, "dpr": 9},
        {"width": 5, "kernel": "lanczos"},
        {"max_pixels": 0},
        {"max_pixels": 4095, "multiple_of": 64},
        {"multiple_of": 257},
        {"multiple_of": 8, "round": "ceil"},
        {"width": 5, "height": 5, "fit": "contain", "gravity": "attention"},
        {"width": 5, "height": 5, "fit": "cover", "maintain_aspect": False},
        {"width": 5, "background": "nocolour"},
    ],
    ids=str,
)
def test_what_makes_no_sense_is_refused(parameters: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        made("resize", **parameters)


@pytest.mark.parametrize(
    "parameters",
    [
        {"width": 65_500, "height": 65_500, "fit": "fill"},
        {"width": "999999%"},
        {"scale": 1000},
        {"width": 65_500, "dpr": 8},
        {"max_pixels": 4_000_000_000, "enlarge": True},
        {"width": 65_500, "height": 65_500, "fit": "cover", "gravity": "attention"},
    ],
    ids=str,
)
@pytest.mark.parametrize("before", [[], [{"trim": {}}]], ids=["alone", "after a trim"])
def test_too_large_a_result_is_refused(parameters: dict[str, Any], before: list[Any]) -> None:
    # After a trim only pixels tell the size; until then the work that it could be is refused.
    with pytest.raises((OutputTooLargeError, TooCostlyError)):
        process(encoded(noise((300, 200))), [*before, {"resize": parameters}], {"format": "PNG"})


def test_covering_a_box_with_a_thread_is_refused_before_it_is_tried() -> None:
    with pytest.raises(OutputTooLargeError, match="before it is cropped"):
        size_of("resize", (60_000, 1), width=1000, height=1000, fit="cover")


def test_an_empty_selector_falls_back_with_a_notice() -> None:
    result = moved(picture(CAT), "resize", width=50, height=90, fit="cover", gravity="transparent")
    assert codes(result) == ["gravity_fallback"]


@pytest.mark.parametrize(
    ("gravity", "reduction"), [("center", 10), ("attention", 10), (FACE, 10), ("transparent", 1)],
    ids=str,
)  # fmt: skip
def test_the_decoder_may_shrink_unless_pixels_say_where(gravity: Any, reduction: float) -> None:
    resize = made("resize", width=100, height=100, fit="cover", gravity=gravity)
    assert resize.reduction(Size(1200, 1000)) == reduction


@pytest.mark.parametrize("gravity", ["attention", "right", {"left": 100, "right": 300}], ids=str)
@pytest.mark.parametrize("name", ["chelsea.png", "coffee.png", "astronaut.png"])
def test_a_picture_that_the_decoder_shrank_is_cropped_alike(gravity: Any, name: str) -> None:
    data = encoded(photograph(name, (1411, 943)), "JPEG", quality=92)
    steps = [{"resize": {"width": 120, "height": 160, "fit": "cover", "gravity": gravity}}]
    fast, exact = (process(data, steps, {"format": "PNG"}, plan=plan) for plan in ("fast", "exact"))
    assert fast.rendered.steps == exact.rendered.steps
    assert apart(file_levels(fast.data), file_levels(exact.data)) <= 1.0
