"""The forms in which the same job may be written."""

from __future__ import annotations

import json
from typing import Any

import pytest

from image_worker.formats.jpeg import Jpeg
from image_worker.job import Job, read_job
from image_worker.limits import Limits
from image_worker.operations.filters.blur import Blur
from image_worker.operations.resize import Resize
from image_worker.outgoing import Outgoing, Policy
from image_worker.sources.base import Access
from image_worker.sources.base64 import Base64Source
from tests.job.making import IMAGE, PNG, job, step, text_of

TEXT = IMAGE["base64"]
LINES = "\r\n".join(TEXT[start : start + 76] for start in range(0, len(TEXT), 76))


def written(payload: Any) -> dict[str, Any]:
    """Return the job as it is written back."""
    return read_job(payload, Limits()).model_dump(mode="json")


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ({"resize": {"width": 9}}, step("resize", width=9)),
        ({"crop": {}}, {"type": "crop"}),
        ({"filter": {"name": "blur"}}, step("filter", name="blur")),
        (Resize(width=9), step("resize", width=9)),
        (Blur(), step("filter", name="blur")),
        (step("resize", width=9, fit="inside"), step("resize", width=9)),
        (step("adjust", contrast=2, saturation=1.0), step("adjust", contrast=2.0)),
    ],
)
def test_an_operation_has_a_short_and_a_long_form(short: Any, long: Any) -> None:
    assert written(job(short)) == written(job(long))


@pytest.mark.parametrize(
    "image",
    [
        {"base64": f"data:image/png;base64,{TEXT}"},
        f"data:image/png;base64,{TEXT}",
        {"base64": LINES},
        {"base64": f"data:image/png;base64,{LINES}\n"},
        {"base64": f"data:;charset=utf-8;base64,{TEXT}"},
        Base64Source(base64=TEXT),
    ],
)
def test_a_picture_inside_the_job_has_many_forms(image: Any) -> None:
    access = Access(Outgoing(Policy()), max_bytes=len(PNG) + 2)
    assert read_job({"image": image}, Limits()).image.load(access) == PNG


def test_a_bare_url_is_a_picture() -> None:
    assert written({"image": "https://example.com/a.png"})["image"] == {
        "url": "https://example.com/a.png"
    }


@pytest.mark.parametrize("name", ["JPEG", "jpeg", "Jpeg", "JPG", "jpg"])
def test_names_of_formats_know_no_case_and_jpg_is_jpeg(name: str) -> None:
    assert written(job(output={"format": name})) == written(job(output={"format": "JPEG"}))


def test_the_output_is_jpeg_unless_said_otherwise() -> None:
    assert read_job({"image": IMAGE}, Limits()).main == Jpeg(quality=85)
    assert read_job(job(output={"quality": 7}), Limits()).main == Jpeg(quality=7)


def test_true_means_the_usual_measurements() -> None:
    names = written(job(analyze=True))["analyze"]
    assert {"size", "mode", "format", "brightness", "histograms"} <= set(names)
    assert written(job(analyze=names)) == written(job(analyze=True))
    assert written(job(analyze=False))["analyze"] == []


@pytest.mark.parametrize(
    "payload",
    [
        {"image": IMAGE},
        job(step("resize", width="50%", kernel="cubic"), {"crop": {"left": 3}}),
        job({"filter": {"name": "emboss"}}, output={"format": "webp", "quality": 9}),
        job({"adjust": {"brightness": 1.5}}, analyze=["size"], plan="exact", cache="off"),
        {"image": {"url": "https://example.com/", "headers": {"accept": "image/*"}}},
        job(limits={"max_side": 100}),
    ],
)
def test_what_is_written_reads_as_the_same_job(payload: Any) -> None:
    first = read_job(payload, Limits())
    again = Job.model_validate(json.loads(json.dumps(first.model_dump(mode="json"))))
    assert again == first
    assert again.model_dump(mode="json") == first.model_dump(mode="json")
    assert Job.model_validate_json(first.model_dump_json()) == first


@pytest.mark.parametrize(
    "parameters", [{"brightness": 1}, {"contrast": 1.0}, {"brightness": 1, "saturation": 1}]
)
def test_neutral_parameters_survive_being_written(parameters: dict[str, float]) -> None:
    first = read_job(job({"adjust": parameters}), Limits())
    assert Job.model_validate(first.model_dump(mode="json")) == first


def test_a_job_cannot_be_changed() -> None:
    read = read_job({"image": IMAGE}, Limits())
    with pytest.raises(ValueError, match="frozen"):
        read.cache = "off"  # type: ignore[misc]


def test_a_job_of_python_objects_needs_no_json() -> None:
    read = Job(image=Base64Source(base64=text_of(PNG)), operations=(Resize(width=9),))
    assert read.model_dump(mode="json") == written(job({"resize": {"width": 9}}))
