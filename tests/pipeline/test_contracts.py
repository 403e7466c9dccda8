"""What an output promises is kept, or the job fails and says what was reached."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pybase64
import pytest
from skimage.metrics import structural_similarity

from image_worker import process
from image_worker.errors import ContractError, InvalidParameterError
from image_worker.pipeline.trials import Trial
from tests.pictures import encoded, levels, opened, photograph, quarters
from tests.pipeline.awkward import animation

if TYPE_CHECKING:
    from image_worker.formats.base import Output
    from image_worker.pipeline.rendered import Rendered
    from image_worker.pipeline.trials import Made

LOSSY = ("JPEG", "WEBP", "AVIF")


def made(data: bytes, operations: tuple[Any, ...] = (), **output: Any) -> Rendered:
    return process(data, operations, output).rendered


@pytest.fixture(scope="module")
def coffee() -> bytes:
    return encoded(photograph("coffee.png"))


@pytest.fixture
def encodes(monkeypatch: pytest.MonkeyPatch) -> list[Output]:
    done: list[Output] = []
    before = Trial.made

    def counted(self: Trial, output: Output) -> Made:
        done.append(output)
        return before(self, output)

    monkeypatch.setattr(Trial, "made", counted)
    return done


def seen_ssim(data: bytes, original: bytes) -> float:
    """Return the similarity as scikit-image sees it: luma, at half the size."""
    halves = []
    for one in (original, data):
        light = np.rint(levels(one, "RGB") @ [0.299, 0.587, 0.114])
        height, width = (side // 2 * 2 for side in light.shape)
        blocks = light[:height, :width].reshape(height // 2, 2, width // 2, 2)
        halves.append(blocks.mean(axis=(1, 3)))
    return float(
        structural_similarity(
            *halves, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=255
        )
    )


@pytest.mark.parametrize("name", LOSSY)
@pytest.mark.parametrize("likeness", [0.97, 0.99])
def test_auto_quality_is_as_like_as_asked_and_no_more(
    name: str, likeness: float, coffee: bytes, encodes: list[Output]
) -> None:
    result = made(coffee, format=name, quality="auto", min_ssim=likeness)
    assert result.quality is not None
    assert len(encodes) <= 7 + (name == "AVIF")
    assert seen_ssim(result.data, coffee) == pytest.approx(result.ssim, abs=2e-4)
    assert result.ssim is not None
    assert result.ssim >= likeness
    worse = made(coffee, format=name, quality=max(1, result.quality - 3))
    assert seen_ssim(worse.data, coffee) < likeness


def test_auto_quality_depends_on_the_picture() -> None:
    rough, smooth = (
        made(encoded(image), format="JPEG", quality="auto").quality or 0
        for image in (photograph("hubble_deep_field.jpg"), photograph("astronaut.png"))
    )
    assert rough >= smooth + 15


def test_auto_quality_never_goes_below_the_lowest_that_is_allowed() -> None:
    flat = encoded(quarters())
    assert made(flat, format="WEBP", quality="auto").quality == 30
    assert made(flat, format="WEBP", quality="auto", min_quality=55).quality == 55


def test_a_likeness_that_cannot_be_reached_is_an_error(coffee: bytes) -> None:
    with pytest.raises(ContractError, match=r"at least 0\.99999, JPEG reaches 0\.99") as caught:
        made(coffee, format="JPEG", quality="auto", min_ssim=0.99999)
    assert caught.value.path == "output.min_ssim"


@pytest.mark.parametrize("name", LOSSY)
@pytest.mark.parametrize("limit", [40_000, 25_000])
def test_the_best_quality_that_fits_is_found(
    name: str, limit: int, coffee: bytes, encodes: list[Output]
) -> None:
    result = made(coffee, format=name, max_bytes=limit)
    assert len(result.data) <= limit
    assert (result.width, result.height) == (600, 400)
    assert len(encodes) <= 10
    full = made(coffee, format=name)
    if len(full.data) > limit:
        assert len(result.data) > limit * 0.85
    else:
        assert result.data == full.data


def test_base64_is_counted_as_text(coffee: bytes) -> None:
    result = made(coffee, format="JPEG", max_bytes={"base64": 40_000})
    assert len(pybase64.b64encode(result.data)) <= 40_000 < len(result.data) * 4 / 3 * 1.15


@pytest.mark.parametrize("name", [*LOSSY, "PNG", "GIF", "TIFF"])
def test_the_picture_is_made_smaller_only_if_that_is_allowed(name: str, coffee: bytes) -> None:
    with pytest.raises(ContractError, match="600x400") as caught:
        made(coffee, format=name, max_bytes=6_000)
    assert caught.value.path == "output.max_bytes"
    reached = int(re.findall(r"reached are (\d+)", str(caught.value))[0])
    assert reached > 6_000
    result = made(coffee, format=name, max_bytes=6_000, shrink=True)
    assert 6_000 * 0.8 < len(result.data) <= 6_000
    assert opened(result.data).size == (result.width, result.height)
    assert result.width / result.height == pytest.approx(1.5, abs=0.05)
    assert result.transform is not None
    assert result.transform.a == pytest.approx(600 / result.width)
    assert result.quality in {30, None}


def test_a_limit_that_nothing_meets_is_an_error_that_names_the_least(coffee: bytes) -> None:
    with pytest.raises(ContractError, match=r"at most 20 bytes.*1x1 pixels at quality 30"):
        made(coffee, format="JPEG", max_bytes=20, shrink=True)


def test_likeness_and_bytes_hold_together_or_the_job_fails(coffee: bytes) -> None:
    both = {"format": "JPEG", "quality": "auto", "max_bytes": 20_000}
    with pytest.raises(ContractError):
        made(coffee, **both)
    result = made(coffee, **both, shrink=True)
    assert len(result.data) <= 20_000
    assert result.ssim is not None
    assert result.ssim >= 0.99
    assert result.width < 600


def test_animations_keep_their_frames(encodes: list[Output]) -> None:
    source = animation("GIF")
    result = made(source, format="WEBP", quality="auto", max_bytes=100_000)
    assert result.pages == getattr(opened(result.data), "n_frames", 1) > 1
    smaller = made(source, format="WEBP", max_bytes=len(result.data) - 20, shrink=True)
    assert smaller.width < result.width
    assert getattr(opened(smaller.data), "n_frames", 1) == result.pages


@pytest.mark.parametrize(
    "output",
    [
        {"shrink": True},
        {"min_ssim": 0.98},
        {"max_bytes": 0},
        {"max_bytes": {"base64": 0}},
        {"quality": "best"},
        {"format": "PNG", "quality": "auto"},
        {"format": "WEBP", "quality": "auto", "lossless": True},
    ],
)
def test_contracts_that_make_no_sense_are_refused(output: dict[str, Any], coffee: bytes) -> None:
    with pytest.raises(InvalidParameterError, match="expected"):
        made(coffee, **{"format": "JPEG", **output})


def test_the_effort_of_avif_has_a_limit(coffee: bytes) -> None:
    with pytest.raises(InvalidParameterError, match="at most 4 for AVIF, got 5") as caught:
        made(coffee, format="AVIF", effort=5)
    assert caught.value.path == "output.effort"
