"""How jobs ask for measurements, of the source and of the result."""

from __future__ import annotations

from typing import Any

import numpy as np
import pybase64
import pytest
from PIL import Image, ImageFilter
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from image_worker.catalog import ANALYZERS
from image_worker.job import read_job
from image_worker.limits import Limits
from tests.analysis.measuring import answer, cutout, fact, facts
from tests.job.making import IMAGE, step
from tests.pictures import encoded, photograph, quarters

SHRUNK = step("resize", width=100)
BLURRED = step("filter", name="blur")


def written(analyze: Any) -> Any:
    job = read_job({"image": IMAGE, "analyze": analyze}, Limits())
    return job.model_dump(mode="json")["analyze"]


def test_every_form_is_written_in_one_form() -> None:
    assert written(["size"]) == ["size"]
    assert written([{"palette": {"count": 3}}]) == [{"palette": {"count": 3}}]
    assert written({"want": ["size"]}) == ["size"]
    of_output = {"of": "output", "want": ["size", {"palette": {"count": 3}}]}
    assert written(of_output) == of_output
    assert written({"of": "output"})["want"] == written(analyze=True)


@pytest.mark.parametrize(
    ("analyze", "path", "sentence"),
    [
        ("size", "analyze", "true, false or a list"),
        ({"of": "outputs", "want": []}, "analyze.of", '"input" or "output"'),
        ({"off": "output"}, "analyze.off", 'did you mean "of"'),
        ({"of": "output", "want": ["sise"]}, "analyze.want[0].name", 'did you mean "size"'),
        ({"of": "output", "want": ["size", "exif"]}, "analyze.want[1]", 'of the "input"'),
        ([{"palette": {"count": 0}}], "analyze[0].count", "at least 1"),
        ([{"palette": {"n": 0}}], "analyze[0].n", "known"),
        ([{"palette": {}, "size": {}}], "analyze[0]", "one name"),
        (["compare"], "analyze[0]", '"with"'),
    ],
)
def test_what_is_wrong_is_said(analyze: Any, path: str, sentence: str) -> None:
    said = answer(quarters(), analyze)
    assert said["code"] == "invalid_parameter"
    assert said["path"] == path
    assert sentence in said["error"]


@pytest.mark.parametrize("output", [{"format": "JSON"}, {"format": "PNG"}])
def test_of_the_output_the_finished_picture_is_measured(output: Any) -> None:
    image = photograph()
    want = ["size", "sharpness", "histograms", "header", "mode", "format"]
    said = answer(
        image, {"of": "output", "want": want}, operations=[SHRUNK, BLURRED], output=output
    )
    assert said["success"], said
    analysis = said["analysis"]
    assert analysis["size"] == [100, 67]
    assert analysis["mode"] == "RGB"
    assert analysis["header"]["width"] == 100
    assert sum(analysis["histograms"]["r"]) == 6700
    result = answer(image, analyze=False, operations=[SHRUNK, BLURRED], output={"format": "PNG"})
    data = pybase64.b64decode(result["processed_image"].partition(",")[2])
    assert facts(data, ["sharpness", "histograms"]) == {
        name: analysis[name] for name in ("sharpness", "histograms")
    }


def test_with_renditions_the_shared_result_is_measured() -> None:
    said = answer(
        encoded(photograph("coffee.png", (1600, 1200)), "JPEG"),
        {"of": "output", "want": ["size", "phash"]},
        operations=[BLURRED],
        output=None,
        outputs={"web": {"widths": [100, 200], "format": "webp"}},
    )
    assert said["success"], said
    assert said["analysis"]["size"] == [1600, 1200]


def test_the_result_is_the_same_whether_it_is_measured_or_not() -> None:
    data = encoded(photograph("coffee.png"), "JPEG")
    jobs = [False, ["sharpness"], {"of": "output", "want": ["palette", "noise"]}]
    made = {
        answer(data, analyze, operations=[SHRUNK], output={"format": "PNG"})["processed_image"]
        for analyze in jobs
    }
    assert len(made) == 1


def source(image: Image.Image) -> dict[str, str]:
    return {"base64": pybase64.b64encode_as_string(encoded(image))}


def test_two_pictures_are_compared() -> None:
    one = photograph("coffee.png", (256, 256))
    other = one.filter(ImageFilter.GaussianBlur(2))
    said = fact(one, "compare", **{"with": source(other)})
    a, b = np.asarray(one), np.asarray(other)
    assert said["psnr"] == pytest.approx(peak_signal_noise_ratio(a, b), abs=0.01)
    light = [
        np.asarray(image.convert("L"), float).reshape(128, 2, 128, 2).mean(axis=(1, 3))
        for image in (one, other)
    ]
    expected = structural_similarity(
        *light, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=255
    )
    assert said["ssim"] == pytest.approx(expected, abs=0.01)
    assert 1 < said["delta_e"] < 10
    assert fact(one, "compare", **{"with": source(one)}) == {
        "ssim": 1, "psnr": None, "delta_e": 0,
    }  # fmt: skip


def test_the_result_is_compared_to_the_input() -> None:
    image = photograph("coffee.png")
    wanted = {"of": "output", "want": ["compare"]}
    same = answer(image, wanted)["analysis"]["compare"]
    assert same == {"ssim": 1, "psnr": None, "delta_e": 0}
    small = answer(image, wanted, operations=[SHRUNK])["analysis"]["compare"]
    blurred = answer(image, wanted, operations=[SHRUNK, BLURRED])["analysis"]["compare"]
    assert blurred["ssim"] < small["ssim"]
    assert small["ssim"] > 0.99


def test_pictures_of_other_kinds_can_be_compared() -> None:
    other = source(cutout(quarters("L"), (9, 9, 9)))
    for image in (quarters("L"), quarters("RGBA", (1, 1)), quarters("RGB", (300, 2))):
        said = fact(image, "compare", **{"with": other})
        assert 0 <= said["ssim"] <= 1


def test_the_other_source_is_placed_where_it_stands() -> None:
    said = answer(quarters(), [{"compare": {"with": {"base64": "@@"}}}])
    assert said["path"] == "analyze.want[0].with.base64"


def test_conditions_may_ask_for_numbers() -> None:
    names = {kind.name for kind in ANALYZERS if kind.numeric}
    assert {"sharpness", "noise", "entropy", "contrast", "is_blank", "is_opaque"} <= names
    image = photograph()
    for name in sorted(names):
        sign = {"=": True} if name.startswith("is_") else {">": 1e9}
        crop = {"crop": {"left": 0, "top": 0, "right": 9, "bottom": 9}, "when": {name: sign}}
        said = answer(image, analyze=False, operations=[crop])
        assert said["success"], said
        assert said["steps"][0].get("skipped", False) == (name != "is_opaque")


def test_sources_are_measured_though_steps_read_them_again() -> None:
    crop = step("crop", left=0, top=0, right=9, bottom=9)
    flip = {"type": "filter", "params": {"name": "blur"}, "amount": 0.5}
    for want in (["histograms"], ["phash"], ["noise"], ["histograms", "phash"]):
        said = answer(photograph(), want, operations=[crop, flip])
        assert said["success"], said
