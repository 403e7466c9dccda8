"""Whole jobs as people would write them, on real pictures."""

from __future__ import annotations

from typing import Any

import numpy as np
from PIL import Image

from tests.job.making import bytes_in, encoded, text_of, worker
from tests.operations.seen import array, counted, goods
from tests.pictures import apart, levels, opened, photograph

PORTRAIT = text_of(encoded(photograph("astronaut.png"), "JPEG", quality=95))


def done(image: Any, **job: Any) -> dict[str, Any]:
    answer = worker().answer({"image": image, **job})
    assert answer["success"], answer
    return answer


def of(answer: dict[str, Any], name: str) -> Any:
    return opened(bytes_in({"success": True, **answer["outputs"][name]}))


def test_the_tutorial() -> None:
    answer = done(
        {"base64": PORTRAIT},
        operations=[
            {"type": "resize",
             "params": {"width": 800, "height": 600, "maintain_aspect": True}},
            {"type": "filter", "params": {"name": "sharpen"}},
            {"type": "adjust", "params": {"brightness": 1.2, "contrast": 1.1}},
        ],
        output={"format": "JPEG", "quality": 90},
    )  # fmt: skip
    assert opened(bytes_in(answer)).size == (512, 512)


def test_goods_for_a_shop() -> None:
    known = goods(3, graded=True)
    answer = done(
        {"base64": text_of(encoded(Image.fromarray(known.levels)))},
        operations=[
            {"remove_background": {}},
            {"crop": {"to": "subject", "margin": "3%", "aspect": "1:1"}},
            {"background": {"color": "white"}},
        ],
        outputs={
            "web": {"widths": [40, 80, 160], "format": "auto", "quality": "auto"},
            "thumb": {
                "operations": [{"resize": {"width": 200, "height": 200, "fit": "cover"}}],
                "format": "webp",
            },
        },
        analyze=["palette", "thumbhash", "phash"],
    )
    assert set(answer["analysis"]) == {"palette", "thumbhash", "phash"}
    assert [one["width"] for one in answer["outputs"]["web"]["variants"]] == [40, 80, 160]
    thumb = levels(of(answer, "thumb").convert("RGB"))
    assert thumb.shape == (200, 200, 3)
    assert thumb[:3, :3].min() > 245
    middle = thumb[90:110, 90:110].mean(axis=(0, 1))
    assert np.abs(middle - 255).max() > 40


def test_a_street_without_faces() -> None:
    answer = done(
        {"base64": PORTRAIT},
        operations=[
            {"redact": {"regions": [
                "faces", {"left": 10, "top": "80%", "right": "100%", "bottom": "100%"},
            ], "verify": True}},
            {"type": "filter", "params": {"name": "blur", "sigma": 12},
             "where": {"gradient": {"direction": "down", "start": 0.6, "stop": 1}}},
        ],
        output={"format": "PNG"},
    )  # fmt: skip
    result, before = levels(bytes_in(answer)), array("astronaut.png").astype(int)
    assert len(answer["steps"][0]["regions"]) == 2
    assert apart(result[90:170, 190:260], before[90:170, 190:260]) > 15
    assert apart(result[:60], before[:60]) < 4
    below = result[460:, 60:460]
    assert np.abs(np.diff(below, axis=1)).mean() < 3  # blocks, and blurred


def test_a_prompt_for_a_network() -> None:
    answer = done(
        {"base64": PORTRAIT},
        operations=[{"resize": {"max_pixels": 1_048_576, "multiple_of": 64}}],
        output={"format": "WEBP", "max_bytes": {"base64": 60_000}, "shrink": True},
    )
    assert len(text_of(bytes_in(answer))) <= 60_000
    assert all(side % 64 == 0 for side in opened(bytes_in(answer)).size)


def test_five_steps_look_once() -> None:
    looking = [
        {"annotate": {"show": "faces"}},
        {"filter": {"name": "blur"}, "where": "faces"},
        {"adjust": {"brightness": 1.1}, "where": "face"},
        {"annotate": {"show": {"detect": "faces", "min_confidence": 0.3}}},
        {"redact": {"regions": "faces"}},
    ]
    runs = []
    for steps in (looking[:1], looking):
        with counted() as made:
            done({"base64": PORTRAIT}, operations=steps, cache="off")
        runs.append(made)
    assert runs[0] == runs[1]
    assert set(runs[0]) == {"blazeface"}
