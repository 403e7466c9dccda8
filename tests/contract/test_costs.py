"""Everything in the catalogue says what it costs, in a way that can be added up and compared."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any

import pytest

from image_worker.catalog import ANALYZERS, FILTERS, FORMATS, OPERATIONS, READERS
from image_worker.errors import ImageWorkerError
from image_worker.fields import Size
from image_worker.job import Job
from tests.contract.test_examples import steps
from tests.job.making import job

if TYPE_CHECKING:
    from collections.abc import Callable

SIZES = [Size(40, 30), Size(400, 300), Size(4000, 3000), Size(4000, 9000), Size(12_000, 9000)]
"""Each larger than the one before."""

DEFAULTS = [
    (name, {"type": "filter", "params": {"name": name}}) for name in FILTERS.names
    if FILTERS[name].name != "filter" and not any(
        field.is_required() for field in FILTERS[name].model_fields.values()
    )
]  # fmt: skip


def check(cost: Callable[[Size], float], *, least: float = 0.0) -> None:
    """Check that it is a number of seconds, more than none, that never falls as sizes grow."""
    costs = []
    for size in SIZES:
        try:
            costs.append(cost(size))
        except ImageWorkerError:  # the picture is too small for these parameters
            assert not costs
    assert costs
    assert all(math.isfinite(seconds) and seconds > least for seconds in costs)
    assert all(one <= other for one, other in itertools.pairwise(costs))


@pytest.mark.parametrize(
    ("name", "step"), [*steps(), *DEFAULTS], ids=[name for name, _ in [*steps(), *DEFAULTS]]
)
def test_of_steps(name: str, step: dict[str, Any]) -> None:
    (operation,) = Job.model_validate(job(step)).operations
    check(operation.cost)
    assert all(operation.blur_sigma(size) >= 0 for size in SIZES)


def test_every_operation_was_asked() -> None:
    asked = {name for name, _ in [*steps(), *DEFAULTS]}
    assert asked >= {*OPERATIONS.names, *FILTERS.names} - {"filter", "preset"}


@pytest.mark.parametrize("name", sorted(set(FORMATS.names) - {"JSON"}))
def test_of_formats(name: str) -> None:
    check(FORMATS[name]().cost)


@pytest.mark.parametrize(
    ("little", "much"),
    [
        ({"format": "AVIF"}, {"format": "AVIF", "effort": 4}),
        ({"format": "AVIF", "effort": 4}, {"format": "AVIF", "effort": 9}),
        ({"format": "WEBP"}, {"format": "WEBP", "effort": 6}),
        ({"format": "WEBP"}, {"format": "WEBP", "lossless": True}),
        ({"format": "PNG"}, {"format": "PNG", "palette": True}),
        ({"format": "PNG", "palette": True}, {"format": "PNG", "palette": True, "effort": 10}),
        ({"format": "JPEG"}, {"format": "JPEG", "mozjpeg": True}),
        ({"format": "JPEG"}, {"format": "GIF"}),
    ],
)
def test_more_effort_costs_more(little: dict[str, Any], much: dict[str, Any]) -> None:
    one, other = (Job.model_validate(job(output=output)).output for output in (little, much))
    assert one is not None
    assert other is not None
    assert one.cost(SIZES[2]) < other.cost(SIZES[2])


def test_of_measurements_and_readers() -> None:
    seconds = [kind.seconds_per_megapixel for kind in (*ANALYZERS, *READERS)]
    assert all(0 <= each < 1 for each in seconds)
