"""Redaction: what was hidden cannot come back, by no way that a job knows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image
from pydantic import ValidationError

from tests.job.making import bytes_in, encoded, job, picture_in, step, text_of, worker
from tests.operations.laying import KINDS, answered, done, flat, pixels
from tests.operations.moving import codes, levels, made, numbered, picture
from tests.pictures import levels as levels_of
from tests.pictures import noise, photograph

BOX = {"left": 30, "top": 20, "right": 110, "bottom": 80}
METHODS = ("pixelate", "blur", "fill")
each_method = pytest.mark.parametrize("method", METHODS)


def outside(width: int = 160, height: int = 100) -> np.ndarray:
    """Return where the box is not."""
    beside = np.ones((height, width), dtype=bool)
    beside[20:80, 30:110] = False
    return beside


@each_method
@pytest.mark.parametrize("kind", KINDS)
def test_all_of_the_box_is_replaced_and_nothing_else(kind: str, method: str) -> None:
    before = numbered(160, 100, KINDS[kind])
    result = pixels("redact", before, regions=BOX, method=method)
    assert result.shape == before.shape
    assert np.array_equal(result[outside()], before[outside()])
    assert (result[20:80, 30:110] != before[20:80, 30:110]).any(axis=2).mean() > 0.95


@pytest.mark.parametrize("method", ["pixelate", "blur"])
@pytest.mark.parametrize("size", [(160, 100), (81, 47), (300, 9)])
def test_what_is_left_is_made_of_at_most_64_values(size: tuple[int, int], method: str) -> None:
    """Change one pixel after the other of a block: nothing but the value of blocks may follow."""
    width, height = size
    parameters = {"regions": "all", "method": method}
    results = []
    for seed in range(90):
        before = numbered(width, height, 1, seed)
        result = pixels("redact", before, **parameters)[..., 0]
        results.append(result.ravel()[:: max(1, width // 50)])
    spread = np.linalg.svd(np.array(results) - np.mean(results, axis=0), compute_uv=False)
    # Rounding to whole levels is all that is beyond the 64 values.
    assert spread[64] < 0.35 * np.sqrt(len(results[0]) + 90)
    blocks = {tuple(row) for row in results[0].reshape(-1, 1)}
    assert method == "blur" or len(blocks) <= 64


@pytest.mark.parametrize("method", ["pixelate", "blur"])
def test_fine_patterns_vanish(method: str) -> None:
    stripes = flat((0, 0, 0), 160, 100)
    stripes[:, ::2] = 255
    result = pixels("redact", stripes, regions=BOX, method=method)[20:80, 30:110]
    assert result.max() - result.min() <= 16
    assert 110 < result.mean() < 145


@pytest.mark.parametrize(
    ("parameters", "least"),
    [({}, 10), ({"size": 2}, 10), ({"size": "1%"}, 10), ({"size": 40}, 40), ({"size": "50%"}, 40)],
)
def test_blocks_have_a_least_size(parameters: dict[str, Any], least: int) -> None:
    result = pixels("redact", numbered(160, 100), regions=BOX, **parameters)
    row = result[50, 30:110].astype(int)
    edges = [0, *(np.flatnonzero((np.diff(row, axis=0) != 0).any(1)) + 1), 80]
    assert np.diff(edges).min() >= least


def test_too_little_strength_is_raised_with_a_notice() -> None:
    result = done("redact", numbered(160, 100), regions=BOX, size=2)
    assert codes(result) == ["redact_strengthened"]
    assert codes(done("redact", numbered(160, 100), regions=BOX, method="blur", sigma=1)) == [
        "redact_strengthened"
    ]
    assert codes(done("redact", numbered(160, 100), regions=BOX, size=30)) == []


def test_a_small_region_becomes_one_colour() -> None:
    box = {"left": 10, "top": 10, "right": 16, "bottom": 17}
    result = pixels("redact", numbered(40, 40), regions=box)
    assert len({tuple(pixel) for pixel in result[10:17, 10:16].reshape(-1, 3)}) == 1


@each_method
def test_colours_under_transparent_pixels_and_transparency_itself_are_hidden(method: str) -> None:
    secret = numbered(160, 100, 4)
    secret[..., 3] = np.where(np.indices((100, 160)).sum(0) % 2, 255, 0)
    result = pixels("redact", secret, regions=BOX, method=method)[20:80, 30:110]
    hidden = secret[20:80, 30:110]
    assert np.ptp(result[..., 3]) <= 20
    assert (result[..., :3] == hidden[..., :3]).all(axis=2).mean() < 0.01
    invisible = numbered(160, 100, 4)
    invisible[..., 3] = 0
    result = pixels("redact", invisible, regions=BOX, method=method)[20:80, 30:110]
    assert len({tuple(pixel) for pixel in result.reshape(-1, 4)}) == 1


def test_every_pixel_that_a_soft_region_touches_is_replaced() -> None:
    before = numbered(160, 100)
    region = {**BOX, "shape": "ellipse", "feather": 10}
    result = pixels("redact", before, regions=region, method="fill", color="#010203")
    selector: Any = made("redact", regions=region).regions  # type: ignore[attr-defined]
    mask = selector.coverage(picture(before)).numpy()
    filled = (result == [1, 2, 3]).all(axis=2)
    assert filled[mask > 0].all()
    assert np.array_equal(result[mask == 0], before[mask == 0])
    # Nothing is blended: a pixel is either replaced or as it was.
    assert (filled | (result == before).all(axis=2)).all()


def test_a_box_by_shares_covers_the_pixels_that_it_cuts() -> None:
    result = pixels("redact", flat((255,), 99, 99), regions={"right": "50%"}, method="fill")
    assert result[:, :50].max() == 0


def test_each_part_of_a_list_is_hidden_by_its_own_size() -> None:
    small = {"left": 120, "top": 20, "right": 136, "bottom": 36}
    result = done("redact", numbered(160, 100), regions=[BOX, small])
    assert dict(result.details)["regions"] == [BOX, small]
    blocks = {tuple(pixel) for pixel in levels(result)[20:36, 120:136].reshape(-1, 3)}
    assert len(blocks) == 4


def test_expanding_grows_by_a_share_of_the_region() -> None:
    result = done("redact", flat((255,), 160, 100), regions=BOX, method="fill", expand="15%")
    assert dict(result.details)["regions"] == [{"left": 18, "top": 8, "right": 122, "bottom": 92}]
    assert levels(result)[8:92, 18:122].max() == 0
    assert levels(result).sum() == 255 * (160 * 100 - 104 * 84)


def test_a_region_without_pixels_is_told() -> None:
    beyond = {"left": 500, "top": 0, "right": 600, "bottom": 10}
    result = done("redact", numbered(160, 100), regions=[BOX, beyond], verify=True)
    assert codes(result) == ["region_empty"]
    assert dict(result.details)["regions"] == [BOX]


def test_fill_makes_a_grey_picture_coloured_for_its_colour() -> None:
    result = pixels("redact", flat((9,), 160, 100), regions=BOX, method="fill", color="teal")
    assert result[50, 50].tolist() == [0, 128, 128]


def test_every_frame_is_hidden() -> None:
    frames = [numbered(160, 100, 3, seed) for seed in range(3)]
    result = done("redact", *frames, regions=BOX)
    for index, frame in enumerate(frames):
        assert (levels(result, index)[20:80, 30:110] != frame[20:80, 30:110]).any(2).mean() > 0.95
        assert np.array_equal(levels(result, index)[outside()], frame[outside()])


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"regions": BOX, "method": "swirl"},
        {"regions": BOX, "method": "fill", "color": "#0008"},
        {"regions": BOX, "color": "red"},
        {"regions": BOX, "sigma": 9},
        {"regions": BOX, "method": "fill", "size": 9},
        {"regions": BOX, "expand": -5},
    ],
)
def test_what_means_nothing_is_refused(parameters: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        made("redact", **parameters)


REDACT = step("redact", regions={"right": "50%"}, method="fill")


@pytest.mark.parametrize(
    "modifier", [{"where": "all"}, {"amount": 0.5}, {"on_error": "skip"}], ids=str
)
def test_no_modifier_gives_it_back(modifier: dict[str, Any]) -> None:
    answer = answered(photograph(size=(60, 40)), {**REDACT, **modifier})
    assert answer["code"] == "invalid_parameter"
    assert answer["path"] == f"operations[0].{next(iter(modifier))}"


def test_conditions_are_on_the_header_alone() -> None:
    image = photograph(size=(60, 40))
    narrow = answered(image, {**REDACT, "when": {"width": {"<": 50}}})
    assert narrow["steps"][0]["skipped"]
    wide = answered(image, {**REDACT, "when": {"not": {"width": {"<": 50}}}})
    assert levels_of(picture_in(wide))[:, :30].max() == 0
    measured = answered(image, {**REDACT, "when": {"or": [{"brightness": {">": 1}}]}})
    assert measured["code"] == "invalid_parameter"
    assert measured["path"] == "operations[0].when.brightness"


@pytest.mark.parametrize(
    ("more", "path"),
    [
        ({"output": {"format": "JPEG", "metadata": "all"}}, "output.metadata"),
        ({"output": {"format": "JPEG", "metadata": "copyright"}}, "output.metadata"),
        ({"output": {"format": "PNG", "if_larger": "original"}}, "output.if_larger"),
        ({"outputs": {"a": {"format": "PNG", "metadata": "all"}}}, "outputs.a.metadata"),
        ({"outputs": {"a": {"if_larger": "original"}}}, "outputs.a.if_larger"),
    ],
)
def test_the_output_hands_on_nothing_of_the_source(more: dict[str, Any], path: str) -> None:
    answer = answered(photograph(size=(60, 40)), REDACT, **more)
    assert answer["code"] == "invalid_parameter"
    assert answer["path"] == path
    assert "redact" in answer["error"]


def test_not_even_the_copyright_is_handed_on() -> None:
    tags = Image.Exif()
    tags[0x8298] = "(C) somebody who is hidden"
    data = encoded(photograph(size=(60, 40)), "JPEG", exif=tags)
    source, output = {"base64": text_of(data)}, {"format": "JPEG"}
    plain = worker().answer({"image": source, "operations": [], "output": output})
    hidden = worker().answer({"image": source, "operations": [REDACT], "output": output})
    assert [b"(C)" in bytes_in(answer) for answer in (plain, hidden)] == [True, False]


OWN = {"base64": text_of(encoded(photograph(size=(60, 40)))), "operations": [REDACT]}


@pytest.mark.parametrize(
    "payload",
    [
        {"operations": [REDACT]},
        {"image": OWN},
        {"operations": [step("overlay", image=OWN)]},
        {"outputs": {"a": {"operations": [REDACT]}}},
        {"operations": [{**REDACT, "when": {"width": 5}}]},
    ],
    ids=["steps", "source", "overlay", "rendition", "condition"],
)
def test_a_job_with_it_is_never_kept(payload: dict[str, Any]) -> None:
    once = worker()
    job = {"image": {"base64": OWN["base64"]}, **payload}
    assert [once.answer(job)["cache"] for _ in range(2)] == ["off", "off"]


def test_the_decoder_leaves_out_no_pixels_before_it() -> None:
    image = noise((640, 480))
    source = {"base64": text_of(encoded(image, "JPEG", quality=95))}
    steps = [
        step("redact", regions={"left": 321, "right": 400}, method="fill"),
        step("resize", width=80),
    ]
    job = {"image": source, "operations": steps, "output": {"format": "PNG"}}
    results = [
        levels_of(picture_in(worker().answer({**job, "plan": plan}))) for plan in ("fast", "exact")
    ]
    assert np.array_equal(*results)


def test_the_answer_lists_the_regions() -> None:
    answer = answered(photograph(size=(60, 40)), REDACT)
    assert answer["steps"][0]["regions"] == [{"left": 0, "top": 0, "right": 30, "bottom": 40}]


def test_a_job_that_redacts_does_not_measure_what_it_hides() -> None:
    hidden = {"type": "redact", "params": {"regions": {"right": "50%"}}}
    answer = worker().answer(job(hidden, analyze=["lqip"]))
    assert (answer["code"], answer["path"]) == ("invalid_parameter", "analyze")
    answer = worker().answer(job(hidden, analyze={"of": "output", "want": ["lqip"]}))
    assert answer["success"], answer
