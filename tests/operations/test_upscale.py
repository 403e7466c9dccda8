"""Upscaling: no seams, no more memory than it must, and the truth about what made it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest

from image_worker.errors import InvalidParameterError, ModelError, ModelMissingError
from image_worker.vision.upscaling import Upscaler
from tests.job.making import encoded, text_of, worker
from tests.operations.laying import KINDS, answered
from tests.operations.moving import codes, levels, made, moved, numbered, picture
from tests.operations.seen import array, seeing_with
from tests.pictures import noise, photograph
from tests.vision import graphs

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [(1, 1), (7, 3), (300, 5), (130, 90)])
def test_without_a_model_it_is_lanczos_and_says_so(kind: str, size: tuple[int, int]) -> None:
    before = numbered(*size, KINDS[kind])
    result = moved(picture(before), "upscale", scale=3)
    assert codes(result) == ["upscaled_without_model"]
    assert dict(result.details) == {"method": "lanczos"}
    if KINDS[kind] in {1, 3}:
        came = levels(result)
        wanted = cv2.resize(before, None, fx=3, fy=3, interpolation=cv2.INTER_LANCZOS4)
        assert np.array_equal(came, wanted.reshape(came.shape))


def test_transparency_is_enlarged_apart_and_nothing_bleeds() -> None:
    before = np.zeros((40, 60, 4), np.uint8)
    before[:, :30] = (200, 100, 50, 255)
    result = levels(moved(picture(before), "upscale", scale=2))
    visible = result[..., 3] > 0
    assert np.abs(result[visible][:, :3] - [200, 100, 50]).max() <= 2
    alpha = cv2.resize(before[..., 3], None, fx=2, fy=2, interpolation=cv2.INTER_LANCZOS4)
    assert np.array_equal(result[..., 3], alpha)


@pytest.mark.parametrize(("factor", "scale"), [(2, 2), (4, 4), (4, 2), (4, 3)])
def test_a_model_leaves_no_seams(factor: int, scale: int, tmp_path: Path) -> None:
    before = numbered(430, 300)
    start = seeing_with(picture(before), tmp_path, mine=("upscale", graphs.upscale(factor)))
    result = made("upscale", scale=scale).run(start)
    blurred = cv2.blur(before.astype(np.float32), (5, 5), borderType=cv2.BORDER_CONSTANT)
    whole = (blurred + 0.5).astype(np.uint8).repeat(factor, 0).repeat(factor, 1)
    if scale != factor:
        size = (430 * scale, 300 * scale)
        whole = cv2.resize(whole, size, interpolation=cv2.INTER_AREA)
    assert np.abs(levels(result) - whole).max() <= 1
    assert codes(result) == []
    assert dict(result.details)["model"]["name"] == "mine"


def test_a_model_that_makes_less_than_wanted_is_refused(tmp_path: Path) -> None:
    start = seeing_with(picture(numbered(9, 9)), tmp_path, mine=("upscale", graphs.upscale(2)))
    with pytest.raises(InvalidParameterError, match="at most 2"):
        made("upscale", scale=3).run(start)


def test_fewer_pixels_if_that_is_too_many() -> None:
    result = moved(picture(array("chelsea.png")), "upscale", scale=4, max_pixels=300_000)
    assert 290_000 < result.size.megapixels * 1e6 <= 300_000


def test_without_a_fallback_a_missing_model_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ModelMissingError):
        made("upscale", fallback="error").run(picture(numbered(9, 9)))
    start = seeing_with(picture(numbered(9, 9)), tmp_path, mine=("upscale", graphs.upscale(2)))
    (tmp_path / "mine.onnx").unlink()
    assert codes(made("upscale").run(start)) == ["upscaled_without_model"]
    with pytest.raises(ModelMissingError):
        made("upscale", fallback="error").run(start)


def test_an_unknown_model_is_named_whatever_the_fallback() -> None:
    with pytest.raises(InvalidParameterError, match="nix"):
        made("upscale", model="nix").run(picture(numbered(9, 9)))


@pytest.mark.parametrize(
    "following", [[], [{"filter": {"name": "blur"}}], [{"flip": {"direction": "both"}}]]
)
def test_what_follows_may_read_it_in_any_order(following: list[Any]) -> None:
    answer = answered(photograph(size=(90, 60)), {"upscale": {"scale": 2}}, *following)
    assert answer["success"], answer
    assert (answer["metadata"]["width"], answer["metadata"]["height"]) == (180, 120)


def test_it_may_be_read_for_several_results() -> None:
    answer = answered(
        noise((60, 40)), {"upscale": {}},
        output={"format": "WEBP"}, outputs={"a": {"format": "PNG", "widths": [20, 40]}},
    )  # fmt: skip
    assert answer["success"], answer


def test_each_frame_is_enlarged() -> None:
    frames = [numbered(20, 10, 3, seed) for seed in range(3)]
    result = moved(picture(*frames), "upscale", scale=2)
    for index, frame in enumerate(frames):
        wanted = cv2.resize(frame, None, fx=2, fy=2, interpolation=cv2.INTER_LANCZOS4)
        assert np.array_equal(levels(result, index), wanted)


def test_a_model_that_fails_in_the_middle_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only when the result is written is there a tile that this model does not like."""
    data = graphs.upscale()
    (tmp_path / "mine.onnx").write_bytes(data)
    table = tmp_path / "models.toml"
    entry = f'[mine]\ntask = "upscale"\nfile = "{tmp_path}/mine.onnx"\nlicence = "MIT"\n'
    table.write_text(entry)
    calls = []

    def failing(self: Upscaler, rgb: Any) -> Any:
        calls.append(rgb.shape)
        raise ModelError("the model gave up")

    monkeypatch.setattr(Upscaler, "enlarge", failing)
    job = {
        "image": {"base64": text_of(encoded(photograph(size=(90, 60))))},
        "operations": [{"upscale": {"model": "mine"}}],
        "output": {"format": "PNG"},
    }
    answer = worker(models=table).answer(job)
    assert (answer["code"], calls) == ("model_failed", [(60, 90, 3)])
