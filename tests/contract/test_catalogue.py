"""Rules that hold for everything in the catalogue, what is added later included."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from image_worker.catalog import ANALYZERS, FILTERS, FORMATS, OPERATIONS
from image_worker.component.documentation import field_texts
from image_worker.errors import ImageWorkerError, OverloadedError
from image_worker.limits import Limits
from image_worker.operations.filter import Filter
from image_worker.sources.base import Source
from tests.job.making import FAILURE_KEYS, job, step, worker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from image_worker.component import Component

KINDS: list[type[Component]] = [
    *OPERATIONS, *FILTERS, *FORMATS, *ANALYZERS, *Source.family,
]  # fmt: skip

WITH_VARIABLES = "preset"
"""The one operation whose parameters are named by people: the variables of a preset."""

each_kind = pytest.mark.parametrize("kind", KINDS, ids=[kind.__name__ for kind in KINDS])


@each_kind
def test_it_is_documented_for_users(kind: type[Component]) -> None:
    assert kind.summary().endswith((".", "..."))
    assert kind.__doc__ != kind.__bases__[0].__doc__
    assert set(kind.model_fields) - set(field_texts(kind)) == set()


@each_kind
def test_it_is_frozen_and_strict(kind: type[Component]) -> None:
    assert kind.model_config["frozen"]
    assert kind.model_config["extra"] == "forbid" or kind.name == WITH_VARIABLES
    assert kind.model_config["strict"]


@pytest.mark.parametrize("name", OPERATIONS.names)
@pytest.mark.parametrize("parameters", [None, [], "x", 5, True, {"no_such_key": 1}])
def test_an_operation_refuses_what_are_no_parameters(name: str, parameters: Any) -> None:
    said = worker().answer(job({"type": name, "params": parameters}))
    assert said.keys() == FAILURE_KEYS
    assert said["code"] in {"invalid_parameter", "needs_extra"}
    assert said["path"].startswith("operations[0]")


@pytest.mark.parametrize("name", FORMATS.names)
def test_a_format_writes_what_its_facts_say(name: str) -> None:
    answer = worker().answer(job(output={"format": name.lower()}))
    assert answer["success"], answer
    assert answer["metadata"]["format"] in {name, "JPEG", "PNG", "WEBP"}
    assert json.loads(json.dumps(answer)) == answer


@pytest.mark.parametrize("name", sorted(set(FILTERS.names) - {Filter.name}))
def test_a_filter_runs_with_its_defaults_and_keeps_the_size(name: str) -> None:
    answer = worker().answer(job(step("filter", name=name)))
    if answer["success"]:
        assert (answer["metadata"]["width"], answer["metadata"]["height"]) == (40, 30)
    else:
        assert "expected" in answer["error"]


@pytest.mark.parametrize("name", ANALYZERS.names)
def test_a_measurement_is_json(name: str) -> None:
    answer = worker().answer(job(analyze=[name], output={"format": "JSON"}))
    if not answer["success"]:
        assert "expected" in answer["error"]
        return
    assert list(answer["analysis"]) == [name]
    assert json.loads(json.dumps(answer)) == answer


def errors(kind: type[ImageWorkerError] = ImageWorkerError) -> Iterator[type[ImageWorkerError]]:
    for below in kind.__subclasses__():
        if below.__module__.startswith("image_worker."):
            yield below
            yield from errors(below)


@pytest.mark.parametrize("kind", list(errors()))
def test_an_error_has_a_code_of_its_own_and_a_status(kind: type[ImageWorkerError]) -> None:
    assert "code" in vars(kind)
    assert 400 <= kind.status < 600
    assert kind("x", path="a").at("b").path == "a"
    blames_the_job = not issubclass(kind, OverloadedError)
    assert kind("x").at("b").path == ("b" if blames_the_job else "")


def test_no_two_errors_share_a_code() -> None:
    codes = [kind.code for kind in errors()]
    assert len(codes) == len(set(codes))


def test_every_limit_is_documented() -> None:
    assert all(field_texts(Limits).get(name) for name in Limits.model_fields)
