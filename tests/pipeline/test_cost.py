"""What a job would cost is told, and refused where it is too much, before a pixel is read."""

from __future__ import annotations

from typing import Any

import pytest
from PIL import Image

from image_worker import process
from image_worker.errors import ImageWorkerError
from tests.job.making import claiming, job, step, text_of, worker
from tests.pictures import encoded, noise
from tests.pipeline.awkward import animation

HALF = encoded(noise((400, 300)), "JPEG")[:8000]
"""A picture that only its header can be read of."""
BOMB = {"base64": text_of(claiming(30_000, 30_000))}
SLOW = step("filter", name="median", size=31)
QUICK = step("flip", direction="both")


def cost(data: bytes, *operations: dict[str, Any], **more: Any) -> float:
    return float(process(data, operations, dry_run=True, **more).rendered.plan["cost"])  # type: ignore[index]


def refused(data: bytes, *operations: dict[str, Any], **more: Any) -> ImageWorkerError:
    with pytest.raises(ImageWorkerError) as caught:
        process(data, operations, **more)
    return caught.value


@pytest.mark.parametrize("dry_run", [True, False])
def test_the_costliest_step_is_named(dry_run: bool) -> None:  # noqa: FBT001 - parametrized
    said = refused(HALF, QUICK, SLOW, QUICK, limits={"max_cost": 0.02}, dry_run=dry_run)
    assert (said.code, said.path) == ("too_costly", "operations[1].params")
    assert "at most 0.02 CPU seconds" in said.message


@pytest.mark.parametrize(
    ("more", "path"),
    [
        ({"output": {"format": "AVIF", "effort": 4}}, "output"),
        ({"outputs": {"a": {}, "b": {"format": "AVIF", "effort": 4}}}, "outputs.b"),
        ({"outputs": {"a": {"operations": [SLOW]}}}, "outputs.a.operations[0].params"),
        ({"analyze": {"of": "output", "want": ["compare"]}}, "analyze"),
    ],
)
def test_results_and_measurements_count(more: dict[str, Any], path: str) -> None:
    said = refused(HALF, QUICK, limits={"max_cost": 0.03}, **more)
    assert (said.code, said.path) == ("too_costly", path)


def test_the_default_lets_usual_jobs_pass_and_keeps_out_what_takes_minutes() -> None:
    large = claiming(4000, 3000)
    usual = [step("resize", width=800), step("filter", name="sharpen"), step("adjust", hue=20)]
    assert cost(large, *usual) < 6
    assert cost(large, output={"format": "WEBP", "quality": "auto"}) < 60
    assert cost(large, step("filter", name="clahe")) < 60
    assert refused(large, *[SLOW] * 20).code == "too_costly"
    whole = {"format": "AVIF", "effort": 4}
    assert refused(claiming(9000, 9000), output=whole).code == "too_costly"


def test_a_search_for_a_quality_costs_several_encodes() -> None:
    data = claiming(2000, 1500)
    once = cost(data, output={"format": "WEBP"})
    assert cost(data, output={"format": "WEBP", "quality": "auto"}) > 4 * once
    assert cost(data, output={"format": "WEBP", "max_bytes": 5000}) > 4 * once
    assert cost(data, output={"format": "PNG", "max_bytes": 50_000}) == cost(
        data, output={"format": "PNG"}
    )


def test_each_frame_counts() -> None:
    frames = animation("GIF")
    one = cost(frames, SLOW, output={"format": "PNG"})
    assert cost(frames, SLOW, output={"format": "GIF"}) > 3 * one


def test_a_part_of_the_picture_costs_the_mask_too() -> None:
    data = claiming(2000, 1500)
    assert cost(data, {**SLOW, "where": {"left": "50%"}}) > cost(data, SLOW)


def test_a_size_that_only_pixels_tell_is_not_taken_for_the_worst() -> None:
    data = claiming(4000, 3000)
    assert cost(data, step("trim"), step("resize", width=800)) < 3


@pytest.mark.parametrize(
    "operation",
    [
        step("overlay", image=BOMB),
        step("mask", image=BOMB),
        {**SLOW, "where": {"mask": BOMB}},
        step("background", image=BOMB),
        step("overlay", image={"base64": text_of(HALF), "operations": [step("mask", image=BOMB)]}),
    ],
)
def test_the_other_pictures_of_a_step_are_looked_at_first(operation: dict[str, Any]) -> None:
    said = refused(HALF, QUICK, operation)
    assert (said.code, said.path) == ("image_too_large", "operations[1].params")


def test_a_failure_within_another_picture_is_placed_at_the_step_that_needs_it() -> None:
    crop = step("crop", left=30, right=30)
    badge = {"base64": text_of(encoded(noise((40, 30)))), "operations": [crop]}
    said = worker().answer(job(QUICK, step("overlay", image=badge)))
    assert (said["code"], said["path"]) == ("invalid_parameter", "operations[1].params")


def test_what_a_step_needs_costs_too() -> None:
    badge = {"base64": text_of(claiming(2000, 2000)), "operations": [SLOW]}
    said = refused(HALF, step("overlay", image=badge), limits={"max_cost": 1})
    assert (said.code, said.path) == ("too_costly", "operations[0].params")


def test_a_step_that_is_not_done_needs_nothing() -> None:
    never = {**step("overlay", image=BOMB), "when": {"width": {">": 9999}}}
    assert worker().answer(job(never))["success"]


def test_a_step_that_may_be_left_out_is_left_out() -> None:
    answer = worker().answer(job({**step("overlay", image=BOMB), "on_error": "skip"}))
    assert answer["success"], answer
    assert [one["code"] for one in answer["warnings"]] == ["step_skipped"]


@pytest.mark.parametrize(
    "operation",
    [
        step("filter", name="blur", sigma=40),
        step("filter", name="unsharp", radius=40),
        step("background", blur=40),
        step("overlay", color="red", shadow={"blur": 80}),
    ],
)
def test_a_job_may_lower_how_wide_a_blur_is(operation: dict[str, Any]) -> None:
    data = encoded(noise((200, 150), bands=4))
    assert process(data, [operation]).size == (200, 150)
    said = refused(data, operation, limits={"max_blur_sigma": 39})
    assert (said.code, said.path) == ("invalid_parameter", "operations[0].params")


def test_scans_of_a_progressive_jpeg_are_counted() -> None:
    image = Image.new("RGB", (1000, 1000))
    plain = encoded(image, "JPEG")
    scans = encoded(image, "JPEG", progressive=True)
    assert cost(scans + b"\xff\xda" * 5000) > 3 > cost(scans)
    assert cost(plain + b"\xff\xda" * 5000) == cost(plain)
