"""Operations that see, where what they need is not installed: in the schema, and refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from image_worker import Job, extras
from image_worker.catalog import OPERATIONS
from tests.job.making import job, step, worker

if TYPE_CHECKING:
    from image_worker.operations.base import Operation

KINDS: list[type[Operation]] = [kind for kind in OPERATIONS if kind.extra]


@pytest.fixture(autouse=True)
def missing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("vision", "ocr"):
        monkeypatch.setitem(extras.EXTRAS, name, ("no_such_module",))


def test_they_are_known() -> None:
    names = {kind.name for kind in KINDS}
    assert names == {"crop_objects", "remove_background", "segment", "upscale"}
    listed = Job.model_json_schema()["$defs"]["operation"]["oneOf"]
    assert names <= {one["title"] for one in listed}


@pytest.mark.parametrize("kind", KINDS, ids=[kind.name for kind in KINDS])
def test_they_are_refused_by_the_name_of_the_extra(kind: type[Operation]) -> None:
    answer = worker().answer(job(step(kind.name, **kind.examples[0])))
    assert answer["code"] == "needs_extra"
    assert answer["path"].startswith("operations[0]")
    assert "vision" in answer["error"]


@pytest.mark.parametrize("name", ["annotate", "redact"])
def test_others_do_what_they_can(name: str) -> None:
    where, box = {"annotate": "show", "redact": "regions"}[name], {"right": 9}
    assert worker().answer(job(step(name, **{where: box})))["success"]
    for part in ("faces", "face", "object:cat", "text", {"detect": "codes"}, "subject"):
        answer = worker().answer(job(step(name, **{where: [part]})))
        assert answer["code"] == "needs_extra", part
