"""Names that an extra would bring."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from image_worker import extras
from image_worker.component import Component, Family
from image_worker.errors import NeedsExtraError
from tests.job.making import IMAGE, job, step, worker

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def toys() -> Iterator[type[Component]]:
    class Toy(Component, members=Family("promised toy")):
        """A toy."""

    Toy.family.promise("factory", "robot", "train:")
    yield Toy
    del Family.by_word["promised toy"]


@pytest.mark.parametrize("name", ["robot", "train:", "train:steam"])
def test_a_promised_name_names_its_extra(toys: type[Component], name: str) -> None:
    assert toys.family.promised(name) == "factory"


@pytest.mark.parametrize("name", ["train", "robots", "robot:", "", None, 5])
def test_other_names_are_not_promised(toys: type[Component], name: object) -> None:
    assert toys.family.promised(name) is None


def test_a_promise_ends_when_the_class_is_there(toys: type[Component]) -> None:
    class Robot(toys):  # type: ignore[misc, valid-type]  # made above
        """A robot."""

        name = "robot"

    assert toys.family.promised("robot") is None
    assert toys.family.find("robot", "name") is Robot


def blurred(where: Any) -> dict[str, Any]:
    return job({**step("filter", name="blur"), "where": where})


JOBS = {
    "subject": blurred("subject"),
    "face": blurred("face"),
    "faces": blurred("faces"),
    "object:": blurred("object:dog"),
    "text": blurred("text"),
    "detect": blurred({"detect": "faces", "min_confidence": 0.5}),
    "in a list": blurred(["all", "faces"]),
    "remove_background": job(step("remove_background", method="auto")),
    "short form": job({"segment": {"box": {}}}),
    "crop_objects": job(step("crop_objects")),
    "upscale": job(step("upscale", scale=2)),
    "of a source": {"image": {**IMAGE, "operations": [{"upscale": {}}]}},
    "of a rendition": job(outputs={"small": {"operations": [{"upscale": {}}]}}),
    **{name: job(analyze=[name]) for name in ("objects", "faces", "text", "codes", "classify")},
    "with options": job(analyze=[{"faces": {"min_confidence": 0.5}}]),
}


@pytest.mark.parametrize("payload", JOBS.values(), ids=JOBS)
def test_a_job_that_needs_vision_says_so(
    payload: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for extra in ("vision", "ocr"):
        monkeypatch.setitem(extras.EXTRAS, extra, ("no_such_module",))
    answer = worker().answer(payload)
    assert answer["code"] == NeedsExtraError.code == "needs_extra"
    assert '"vision"' in answer["error"] or '"ocr"' in answer["error"]
    assert answer["path"]
    assert not answer["retryable"]


@pytest.mark.parametrize(
    ("payload", "meant"),
    [
        (blurred("facess"), "faces"),
        (blurred("transparant"), "transparent"),
        (job(step("upscal")), "upscale"),
        (job({"remove_backgroud": {}}), "remove_background"),
        (job(analyze=["objekts"]), "objects"),
    ],
)
def test_an_unknown_name_gets_a_suggestion(payload: dict[str, Any], meant: str) -> None:
    answer = worker().answer(payload)
    assert answer["code"] == "invalid_parameter"
    assert f'did you mean "{meant}"?' in answer["error"]


def test_a_place_without_a_key_has_no_dot_at_its_end() -> None:
    assert worker().answer(blurred("nowhere"))["path"] == "operations[0].where"
