"""The packages of the container image are enough: the SDK without most of its requirements."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.e2e.processes import ROOT
from tests.e2e.sdk_worker import SdkWorker
from tests.job.making import job, picture_in, step

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.fake_platform import FakePlatform

GOOD, BAD = job(step("resize", width=20)), job(step("resize", widht=20))


@pytest.fixture
def python(tmp_path: Path) -> str:
    """Install what the Dockerfile installs, and return its Python."""
    uv = shutil.which("uv") or f"{sys.prefix}/bin/uv"
    made = str(tmp_path / "venv")
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, made], check=True)
    for name, more in (("requirements.txt", []), ("requirements-sdk.txt", ["--no-deps"])):
        subprocess.run(
            [uv, "pip", "install", "--quiet", "--python", made, "--require-hashes", *more]
            + ["-r", f"builder/{name}"],
            check=True,
            cwd=ROOT,
        )
    return f"{made}/bin/python"


def test_jobs_are_done_with_the_packages_of_the_image(python: str, platform: FakePlatform) -> None:
    jobs = [platform.submit(job_input) for job_input in (GOOD, BAD, {"images": [GOOD, BAD]})]
    with SdkWorker(platform, command=(python, "-u", "handler.py")) as worker:
        good, bad, batch = (platform.finished(each) for each in jobs)
        assert "Traceback" not in worker.said
    assert picture_in(good.output).size == (20, 15)
    assert (bad.status, bad.output["code"]) == ("FAILED", "invalid_parameter")
    assert [result["success"] for result in batch.output["results"]] == [True, False]
