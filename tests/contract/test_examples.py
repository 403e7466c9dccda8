"""Every operation and filter has an example, and it runs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from image_worker.catalog import FILTERS, OPERATIONS
from tests.contract.test_properties import PICTURES
from tests.job.making import IMAGE, text_of, worker

SOURCE = {"url": "https://example.com/badge.png"}
"""Stands in examples for a second picture."""


def steps() -> list[tuple[str, Any]]:
    alone = [
        (kind.name, {"type": kind.name, "params": parameters})
        for kind in OPERATIONS
        for parameters in kind.examples
    ]
    filters = [
        (kind.name, {"type": "filter", "params": {"name": kind.name, **parameters}})
        for kind in FILTERS
        for parameters in kind.examples or ({},)
    ]
    return alone + filters


@pytest.mark.parametrize(("name", "step"), steps(), ids=[name for name, _ in steps()])
def test_it_runs(name: str, step: dict[str, Any]) -> None:
    shown = json.dumps({"image": IMAGE, "operations": [step], "output": {"format": "PNG"}})
    answer = worker().answer(json.loads(shown.replace(json.dumps(SOURCE), json.dumps(IMAGE))))
    assert answer["success"], answer


@pytest.mark.parametrize(
    "kind", [kind for kind in OPERATIONS if kind.name not in {"filter", "preset"}]
)
def test_an_operation_has_one(kind: Any) -> None:
    assert kind.examples


@pytest.mark.parametrize(("name", "step"), steps(), ids=[name for name, _ in steps()])
def test_it_runs_on_every_kind_of_picture(name: str, step: dict[str, Any]) -> None:
    do = worker(cache_bytes=0).answer
    for kind, data in PICTURES.items():
        job = {
            "image": {"base64": text_of(data)},
            "operations": [step],
            "output": {"format": "PNG"},
        }
        answer = do(json.loads(json.dumps(job).replace(json.dumps(SOURCE), json.dumps(IMAGE))))
        assert answer["success"], (kind, answer["error"])
