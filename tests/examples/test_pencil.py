"""The example package: installed for real, found by its entry point."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
JOB = """
import json, sys
from image_worker.settings import load
from image_worker import Job
job = json.load(open("test_input.json"))["input"]
job["operations"] = [{"resize": {"width": 64}}, {"pencil": {"softness": 3}, "amount": 0.5}]
job["output"] = {"format": "PNG"}
answer = load().worker().answer(job)
print(json.dumps({
    "answer": {key: answer.get(key) for key in ("success", "error", "steps")},
    "schema": "softness" in json.dumps(Job.model_json_schema()),
}))
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("site")
    subprocess.run(
        [
            "uv", "pip", "install", "--quiet", "--offline", "--no-deps", "--no-build-isolation",
            "--python", sys.executable, "--target", str(target), str(ROOT / "examples" / "pencil"),
        ],
        check=True,
    )  # fmt: skip
    return target


def run(path: str) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-c", JOB],
        check=True,
        capture_output=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": path},
        text=True,
    )
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_an_installed_package_adds_its_operation(installed: Path) -> None:
    found = run(f"{ROOT / 'src'}{os.pathsep}{installed}")
    answer = found["answer"]
    assert answer["success"] is True, answer
    assert answer["steps"][1] == {"type": "pencil", "width": 64, "height": 48}
    assert found["schema"] is True


def test_without_the_package_the_operation_is_unknown() -> None:
    found = run(str(ROOT / "src"))
    assert found["answer"]["success"] is False
    assert "pencil" in found["answer"]["error"]
    assert found["schema"] is False
