"""Any valid job on any picture succeeds as foretold, or fails with a typed error."""

from __future__ import annotations

import base64
import json
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from image_worker import Job
from image_worker.catalog import FILTERS, OPERATIONS
from image_worker.job import read_job
from image_worker.limits import Limits
from image_worker.pipeline.facts import OF_HEADER
from tests.contract.strategies import parameters, schema, values
from tests.job.making import FAILURE_KEYS, worker
from tests.pictures import encoded, noise, quarters
from tests.pipeline.awkward import animation, coloured, grey, oriented

if TYPE_CHECKING:
    from image_worker.component import Component
    from image_worker.worker import Worker

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
LIMITS = {"max_side": 2000, "max_total_megapixels": 2.0}
CODES_OF_OURS = {"internal_error"}
"""Codes that say that we are to blame."""

PICTURES: dict[str, bytes] = {
    **coloured(),
    **grey(),
    "CMYK": encoded(quarters("CMYK"), "JPEG"),
    "1 bit": encoded(quarters("1")),
    "rotated": oriented(6),
    "animated GIF": animation("GIF"),
    "animated WEBP": animation("WEBP"),
    "1x1": encoded(noise((1, 1))),
    "3x200": encoded(noise((3, 200), bands=4)),
}

pictures = st.sampled_from(sorted(PICTURES))


@cache
def one_worker() -> Worker:
    """Return a worker that keeps the models it has loaded."""
    return worker()


def do(name: str, operations: list[Any], **more: Any) -> dict[str, Any]:
    image = {"base64": base64.b64encode(PICTURES[name]).decode()}
    job = {"image": image, "operations": operations, "cache": "off", "limits": LIMITS, **more}
    return one_worker().answer(job)


def check(name: str, operations: list[Any], **more: Any) -> None:
    """Do the job twice, once dry, and compare what was foretold with what came."""
    answer = do(name, operations, **more)
    json.dumps(answer, allow_nan=False)
    if not answer["success"]:
        assert answer.keys() == FAILURE_KEYS
        assert answer["code"] not in CODES_OF_OURS, answer
        return
    foretold = do(name, operations, dry_run=True, **more)
    assert foretold["success"], foretold
    for step, before in zip(answer["steps"], foretold["plan"]["steps"], strict=True):
        check_size(step, before)
    if "processed_image" in answer:
        check_size(answer["metadata"], foretold["plan"]["results"][0])


def check_size(came: dict[str, Any], foretold: dict[str, Any]) -> None:
    if foretold.get("exact"):
        assert (came["width"], came["height"]) == (foretold["width"], foretold["height"])
    else:
        assert came["width"] <= foretold["max"]["width"]
        assert came["height"] <= foretold["max"]["height"]


DRAWN = [kind for kind in OPERATIONS if kind.name not in {"filter", "preset"}]
"""Filters are drawn one by one; presets are names for steps of others."""


@pytest.mark.parametrize("kind", DRAWN, ids=[kind.name for kind in DRAWN])
def test_each_operation_with_any_parameters(kind: type[Component]) -> None:
    @settings(max_examples=40, deadline=None, suppress_health_check=SLOW)
    @given(name=pictures, given_parameters=parameters(kind))
    def run(name: str, given_parameters: dict[str, Any]) -> None:
        check(name, [{"type": kind.name, "params": given_parameters}])

    run()


@pytest.mark.parametrize("kind", list(FILTERS), ids=FILTERS.names)
def test_each_filter_with_any_parameters(kind: type[Component]) -> None:
    @settings(max_examples=20, deadline=None, suppress_health_check=SLOW)
    @given(name=pictures, given_parameters=parameters(kind))
    def run(name: str, given_parameters: dict[str, Any]) -> None:
        check(name, [{"type": "filter", "params": {"name": kind.name, **given_parameters}}])

    run()


@settings(max_examples=300, deadline=None, suppress_health_check=SLOW)
@given(
    name=pictures,
    operations=st.lists(values(schema()["$defs"]["operation"]), max_size=4),
    output=values({"$ref": "#/$defs/format"}),
)
def test_any_steps_and_any_output(name: str, operations: list[Any], output: Any) -> None:
    check(name, operations, output=output)


@settings(max_examples=150, deadline=None, suppress_health_check=SLOW)
@given(job=st.lists(values(schema()["$defs"]["operation"]), min_size=1, max_size=3))
def test_a_job_survives_its_own_json(job: list[Any]) -> None:
    payload = {"image": "data:image/png;base64,AA==", "operations": job}
    try:
        first = read_job(payload, Limits())
    except Exception:  # noqa: BLE001 - rules between parameters are not in the schema
        return
    written = first.model_dump(mode="json", exclude_defaults=True)
    assert Job.model_validate_json(json.dumps(written)) == first


def test_conditions_know_the_facts_of_the_header() -> None:
    for fact in OF_HEADER:
        answer = do("1x1", [{"resize": {"width": 5}, "when": {fact: {"!=": "x"}}}])
        assert answer["success"], answer
