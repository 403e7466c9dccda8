"""What is there without the extras, and what is loaded or told when they are used."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pybase64
import pytest

from image_worker import catalog, extras
from image_worker.settings import load
from tests.analysis.measuring import answer
from tests.job.making import job, step, worker
from tests.pictures import encoded
from tests.vision.seen import SEEING, done, portrait


@pytest.mark.parametrize(
    "part",
    [
        {"analyze": ["faces"]},
        {"analyze": [{"objects": {"max": 3}}]},
        {"operations": [step("crop", to="faces")]},
        {"operations": [step("crop", to={"detect": "faces"})]},
        {"operations": [step("resize", width=9, height=9, fit="cover", gravity="object:dog")]},
        {"operations": [{**step("adjust", brightness=2), "where": ["subject"]}]},
        {"operations": [{**step("adjust", brightness=2), "when": {"faces": {">": 0}}}]},
    ],
)
def test_without_the_extra_each_way_of_asking_names_it(
    part: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(extras.EXTRAS, "vision", ("no_such_module",))
    told = worker().answer(job(**part))
    assert told["code"] == "needs_extra"
    assert '"vision"' in told["error"]


def test_reading_needs_an_extra_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(extras.EXTRAS, "ocr", ("no_such_module",))
    for told in (answer(portrait(), ["text"]), done(step("crop", to="text"))):
        assert told["code"] == "needs_extra"
        assert '"ocr"' in told["error"]
    assert "ocr" in done(step("crop", to={"detect": "text"}))["error"]


def test_the_schema_lists_all_of_it_anyway() -> None:
    assert {kind.name for kind in catalog.ANALYZERS} >= SEEING


def test_nothing_heavy_is_imported_until_somebody_looks() -> None:
    payload = json.dumps(job(step("resize", width=9), output={"format": "PNG"}, analyze=True))
    code = (
        "import json, sys\n"
        "from image_worker.settings import load\n"
        f"assert load().worker().answer(json.loads({payload!r}))['success']\n"
        "heavy = {'numpy', 'cv2', 'onnxruntime', 'rapidocr', 'pycocotools', 'tomllib'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_it_works_in_a_locked_child() -> None:
    engine = load(isolated=True, children=1, models_preload="blazeface").engine()
    try:
        isolated = load(isolated=True).worker(engine)
        data = pybase64.b64encode_as_string(encoded(portrait()))
        want = ["faces", "objects", "codes"]
        payload = job(step("crop", to="subject"), image={"base64": data}, analyze=want)
        told = isolated.answer({**payload, "output": {"format": "PNG"}})
        assert told["success"], told
        assert len(told["analysis"]["faces"]["detections"]) == 1
        assert (engine.abilities().locked or {})["seccomp"] is not None
    finally:
        engine.close()


def test_nobody_is_told_of_it(tmp_path: Any) -> None:
    """ONNX Runtime keeps an identifier of the machine, and sends what it runs, unless told."""
    code = "from image_worker.vision.models import Models\nModels().tried('blazeface')\n"
    home = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    subprocess.run([sys.executable, "-c", code], check=True, env={**home, "PYTHONPATH": "src"})
    assert not [*tmp_path.rglob("*")]
