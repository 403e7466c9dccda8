"""Everything in the catalogue gives in a locked child what it gives in this process."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from image_worker.catalog import ANALYZERS, FORMATS
from image_worker.engine.isolated import IsolatedEngine, Isolation
from image_worker.settings import Settings
from tests.contract.test_examples import SOURCE, steps
from tests.job.making import IMAGE, job, step, worker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from image_worker.worker import Worker

PNG_OUTPUT = {"format": "PNG"}
JOBS = [
    *((name, job(example, output={"format": "PNG"})) for name, example in steps()),
    *((name, job(output={"format": name})) for name in FORMATS.names),
    *((name, job(analyze=[name])) for name in ANALYZERS.names),
    *(
        (f"text in {script}", job(step("overlay", text={"content": text}), output=PNG_OUTPUT))
        for script, text in {"Latin": "Ag", "Greek": "λ", "Arabic": "سلام", "Han": "字"}.items()
    ),
]


@pytest.fixture(scope="module")
def sandboxed() -> Iterator[Worker]:
    engine = IsolatedEngine(Isolation(children=1))
    yield Settings(cache_bytes=0).worker(engine)
    engine.close()


@pytest.mark.parametrize("asked", [asked for _, asked in JOBS], ids=[name for name, _ in JOBS])
def test_it_gives_the_same(sandboxed: Worker, asked: dict[str, Any]) -> None:
    whole = json.loads(json.dumps(asked).replace(json.dumps(SOURCE), json.dumps(IMAGE)))
    here, there = worker().answer(whole), sandboxed.answer(whole)
    assert here["success"] or whole.get("analyze") in (["classify"], ["compare"]), here
    for answer in (here, there):
        answer.pop("timings", None)
        answer.pop("cache", None)
    assert there == here
