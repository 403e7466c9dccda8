"""Every route called as the OpenAPI document describes it, and as it does not."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.failures import FailureGroup

from tests.job.making import job, step
from tests.server.live import KEY

if TYPE_CHECKING:
    from tests.server.live import LiveServer

load_all_checks()
_LEFT_OUT = "/events", "/operations/misbehave"
"""One ends only with its caller, and one is there to crash."""
_CHECKS = CHECKS.get_by_names(
    [
        "content_type_conformance",
        "response_schema_conformance",
        "response_headers_conformance",
        "status_code_conformance",
        "unsupported_method",
        "allow_header_conformance",
    ]
)
_SECONDS = 30
_FEW = settings(
    max_examples=2,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def _document(live: LiveServer) -> dict[str, Any]:
    """Return the document with a short schema of jobs.

    To make one job that fits the whole one takes seconds; hostile jobs have a suite of their own.
    """
    document: dict[str, Any] = live.client.get("/openapi.json").json()
    good = job(step("resize", width=20))
    short = {"type": "object", "properties": {"image": {"const": good["image"]}}}
    document["components"]["schemas"]["Job"] = short
    for path in _LEFT_OUT:
        del document["paths"][path]
    return document


@pytest.fixture(scope="module")
def schema(live: LiveServer) -> Any:
    return schemathesis.openapi.from_dict(_document(live))


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_every_route_keeps_its_word(live: LiveServer, schema: Any, mode: GenerationMode) -> None:
    every = [found.ok() for found in schema.get_all_operations()]
    asked = [one for one in every if _differs(one)]
    if mode is GenerationMode.NEGATIVE:
        asked = [one for one in asked if list(one.query) or list(one.body)]
    problems = [problem for one in asked for problem in _problems(live, one, mode)]
    assert not problems, "\n".join(problems)


def _differs(operation: Any) -> bool:
    """Tell whether a route is not read like another: of those of operations one stands for all."""
    return not operation.path.startswith("/operations/") or operation.path.endswith("/resize")


def _problems(live: LiveServer, operation: Any, mode: GenerationMode) -> list[str]:
    """Return what is wrong about the answers of a route."""
    headers = {"Authorization": f"Bearer {KEY}"}
    found: list[str] = []

    @_FEW
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        answer = case.call(base_url=live.url, headers=headers, timeout=_SECONDS)
        try:
            case.validate_response(answer, checks=_CHECKS)
        except FailureGroup as group:
            found.append(f"{operation.label}: {group.exceptions}")
        if answer.status_code == 500:
            found.append(f"{operation.label}: {answer.text}")

    with suppress(Unsatisfiable):  # a route that takes nothing cannot be asked wrongly
        ask()
    return found
