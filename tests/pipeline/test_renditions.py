"""Several results from one source, and plans without pixels."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
import pytest
from PIL import Image
from skimage.metrics import structural_similarity

from tests.job.making import encoded, job, step, text_of, worker
from tests.pictures import photograph

WIDE = encoded(photograph("coffee.png", (2000, 1500)), "JPEG", quality=92)


def do(**more: Any) -> dict[str, Any]:
    answer = worker().answer({"image": {"base64": text_of(WIDE)}, **more})
    assert answer["success"], answer
    return answer


def picture(result: dict[str, Any]) -> Image.Image:
    data = base64.b64decode(result["processed_image"].split("base64,")[1])
    return Image.open(io.BytesIO(data))


def test_only_what_was_asked_for_is_returned() -> None:
    small = {"operations": [step("resize", width=100)], "format": "WEBP"}
    answer = do(outputs={"small": small})
    assert "processed_image" not in answer
    assert picture(answer["outputs"]["small"]).size == (100, 75)
    assert answer["outputs"]["small"]["metadata"]["format"] == "WEBP"
    both = do(outputs={"small": small}, output={"format": "PNG"})
    assert picture(both).size == (2000, 1500)
    assert picture(both["outputs"]["small"]).size == (100, 75)


def test_widths_become_a_srcset_and_markup() -> None:
    answer = do(outputs={"web": {"widths": [800, 400], "format": "JPEG", "picture": True}})
    web = answer["outputs"]["web"]
    assert [variant["width"] for variant in web["variants"]] == [800, 400]
    assert [picture(variant).width for variant in web["variants"]] == [800, 400]
    assert web["srcset"].endswith(" 400w")
    assert web["picture"].startswith('<picture><source type="image/jpeg" srcset="data:image/jpeg')
    assert 'width="800" height="600"' in web["picture"]


def test_a_width_never_enlarges() -> None:
    answer = do(outputs={"web": {"widths": [4000]}})
    assert answer["outputs"]["web"]["variants"][0]["width"] == 2000


def test_renditions_look_like_jobs_of_their_own() -> None:
    widths = [900, 640, 320]
    together = do(outputs={"web": {"widths": widths, "format": "PNG"}})
    for width, variant in zip(widths, together["outputs"]["web"]["variants"], strict=True):
        alone = picture(do(operations=[step("resize", width=width)], output={"format": "PNG"}))
        one, other = np.asarray(picture(variant)), np.asarray(alone)
        assert structural_similarity(one, other, channel_axis=2) >= 0.99


def test_each_rendition_has_its_own_steps_after_the_common_ones() -> None:
    answer = do(
        operations=[step("resize", width=400)],
        outputs={
            "grey": {"operations": [{"filter": {"name": "grayscale"}}], "format": "PNG"},
            "left": {"operations": [step("crop", right="50%")], "format": "PNG"},
        },
    )
    grey, left = (picture(answer["outputs"][name]) for name in ("grey", "left"))
    assert (grey.mode, grey.size) == ("L", (400, 300))
    assert (left.mode, left.size) == ("RGB", (200, 300))
    assert [one["type"] for one in answer["steps"]] == ["resize"]
    assert answer["outputs"]["left"]["steps"] == [
        {"type": "crop", "width": 200, "height": 300, "box": [0, 0, 200, 300]}
    ]


def test_errors_name_the_rendition() -> None:
    crop = {"operations": [step("crop", left=9000)]}
    answer = worker().answer(job(outputs={"a": {}, "b": crop}))
    assert answer["path"] == "outputs.b.operations[0].params"
    answer = worker().answer(job(outputs={"a": {"format": "WEBP", "quality": 101}}))
    assert answer["path"].startswith("outputs.a")
    assert answer["code"] == "invalid_parameter"


@pytest.mark.parametrize("count", [20, 21])
def test_renditions_are_counted_with_their_widths(count: int) -> None:
    answer = worker().answer(
        job(outputs={"a": {}, "b": {"widths": [5] * 10}, "c": {"widths": [6] * (count - 11)}})
    )
    assert answer["success"] is (count == 20)
    if count > 20:
        assert (answer["code"], answer["path"]) == ("invalid_parameter", "outputs")


def test_the_transform_leads_back_to_the_source() -> None:
    answer = do(operations=[step("crop", left=200, top=100, right=1200), step("resize", width=250)])
    a, b, c, d, e, f = answer["transform"]
    assert (a, d) == pytest.approx((4, 4), abs=0.01)
    assert (b, c) == (0, 0)
    assert (e, f) == pytest.approx((200, 100), abs=2.5)


def test_a_dry_run_tells_the_sizes_and_decodes_nothing() -> None:
    broken = WIDE[: len(WIDE) // 3]
    answer = worker().answer(
        {
            "image": {"base64": text_of(broken)},
            "operations": [
                step("resize", width=400),
                {**step("crop", left=50), "when": {"width": {"<": 10}}},
                {**step("crop", left=100), "when": {"brightness": {">": 10}}},
            ],
            "outputs": {"web": {"widths": [100]}, "all": {}},
            "dry_run": True,
        }
    )
    assert answer["success"], answer
    plan = answer["plan"]
    costs = [part.pop("cost") for part in (plan["source"], *plan["steps"], *plan["results"])]
    assert plan["cost"] == pytest.approx(sum(costs), abs=0.01)
    assert [cost > 0 for cost in costs] == [True, True, False, True, True, True]
    assert plan["source"] == {"width": 2000, "height": 1500, "pages": 1}
    assert plan["steps"][0] == {"type": "resize", "width": 400, "height": 300, "exact": True}
    assert plan["steps"][1] == {"type": "crop", "width": 400, "height": 300, "exact": True}
    assert plan["steps"][2] == {
        "type": "crop", "depends_on": "pixels", "max": {"width": 400, "height": 300},
    }  # fmt: skip
    assert [one["path"] for one in plan["results"]] == ["outputs.web", "outputs.all"]
    assert plan["megapixels"] > 0
    assert "processed_image" not in answer


def test_a_dry_run_refuses_what_the_job_would() -> None:
    answer = worker().answer(job(step("resize", width=60_000), dry_run=True))
    assert (answer["code"], answer["path"]) == ("output_too_large", "operations[0].params")
