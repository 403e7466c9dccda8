"""Jobs that say what no job can say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.job.making import IMAGE, job, step

if TYPE_CHECKING:
    from collections.abc import Callable

    Refused = Callable[[object], dict[str, Any]]

CROP = step("crop")


def nested(depth: int) -> dict[str, Any]:
    """Return an object in an object in an object..."""
    whole: dict[str, Any] = {}
    for _ in range(depth):
        whole = {"a": whole}
    return whole


@pytest.mark.parametrize(
    ("payload", "path", "words"),
    [
        (job(step("resizee", width=3)), "operations[0].type", 'did you mean "resize"?'),
        (job(CROP, {"resizee": {"width": 3}}), "operations[1].type", 'did you mean "resize"?'),
        (job(step(5)), "operations[0].type", "got 5; known are adjust, "),  # type: ignore[arg-type]
        (job({}), "operations[0].type", '"type"'),
        (job("resize"), "operations[0]", 'expected an object, got "resize"'),
        (job(None), "operations[0]", "got null"),
        (job({"type": "crop", "params": []}), "operations[0].params", "got a list of 0"),
        (job({"type": "crop", "params": None}), "operations[0].params", "got null"),
        (job({"type": "crop", "param": {}}), "operations[0].param", '"params"'),
        (job({"type": "resize", "width": 3}), "operations[0].width", "width"),
        (job(step("resize", widht=3)), "operations[0].params.widht", 'did you mean "width"?'),
        (job(step("resize")), "operations[0].params", '"width", "height" or both'),
        (job(step("resize", width=9, fit="covr")), "operations[0].params.fit", "'cover'"),
        (
            job(CROP, step("filter", name="sharpn")),
            "operations[1].params.name",
            'did you mean "sharpen"?',
        ),
        (job(step("filter")), "operations[0].params.name", "got null"),
        (job(step("filter", name="blur", sgma=1)), "operations[0].params.sgma", "not a known key"),
        (job(output={"format": "JPGE"}), "output.format", 'did you mean "JPEG"?'),
        (job(output={"format": 7}), "output.format", "got 7"),
        (job(output="PNG"), "output", "expected an object"),
        (job(output={"qualty": 3}), "output.qualty", 'did you mean "quality"?'),
        (job(output={"background": "whiteish"}), "output.background", "expected a CSS colour"),
        ({"image": IMAGE, "operatons": []}, "operatons", 'did you mean "operations"?'),
        ({"image": IMAGE, "operations": {}}, "operations", "expected a list, got an object"),
        ({"image": IMAGE, "operations": None}, "operations", "expected a list, got null"),
        (job(limits={"max_sid": 3}), "limits.max_sid", 'did you mean "max_side"?'),
        (job(limits=None), "limits", "expected an object, got null"),
        (job(cache="of"), "cache", "'off'"),
        (job(plan="quick"), "plan", "'exact'"),
        (job(analyze="yes"), "analyze", "expected true, false or a list"),
        (job(analyze=["brightnes"]), "analyze[0].name", 'did you mean "brightness"?'),
        (job(*[CROP] * 65), "operations", "expected at most 64 operations, got 65"),
        (job(CROP, CROP, limits={"max_operations": 1}), "operations", "at most 1 operations"),
    ],
)
def test_a_word_that_is_not_known_is_refused(
    refused: Refused, payload: Any, path: str, words: str
) -> None:
    said = refused(payload)
    assert (said["code"], said["path"]) == ("invalid_parameter", path)
    assert words in said["error"]


@pytest.mark.parametrize(
    ("payload", "came"),
    [([1], "a list of 1"), ("x", '"x"'), (None, "null"), (5, "5"), (True, "true")],
)
def test_a_job_is_an_object(refused: Refused, payload: Any, came: str) -> None:
    said = refused(payload)
    assert (said["code"], said["path"]) == ("invalid_json", "")
    assert said["error"].startswith(f"expected a job as a JSON object, got {came}")


@pytest.mark.parametrize(
    "payload",
    [
        {"image": nested(50_000)},
        job(nested(50_000)),
        job(step("resize", width=nested(50_000))),
        job(more=nested(50_000)),
    ],
    ids=["image", "operation", "parameter", "key"],
)
def test_deep_nesting_is_refused(refused: Refused, payload: Any) -> None:
    assert refused(payload)["code"] == "invalid_parameter"


@pytest.mark.parametrize(
    "payload",
    [
        {"image": "\ud800"},
        job(step("\ud800")),
        job(step("resize", width="\ud800")),
        job(step("resize", **{"\ud800": 1})),
        job({"type": "crop", "\ud800": 1}),
        {"image": IMAGE, "\ud800": 1},
        {"image": IMAGE, "k" * 100_000: 1},
        job(step("k" * 100_000)),
        {"image": IMAGE, 5: 1},
    ],
)
def test_text_that_json_cannot_hold_or_nobody_would_read_is_refused(
    refused: Refused, payload: Any
) -> None:
    said = refused(payload)
    assert said["code"] == "invalid_parameter"
    assert len(said["path"].encode()) < 1200


def test_several_mistakes_are_counted(refused: Refused) -> None:
    said = refused(job(step("adjust", brightness="1", contrast="2", saturation="3")))
    assert said["error"].endswith("(2 more like this)")
