"""What an import costs: nothing that is not needed is loaded."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = ("runpod", "fastapi", "numpy", "cv2", "aiohttp", "PIL", "requests", "boto3", "click")


def loaded(statement: str) -> set[str]:
    """Return the top-level modules that are loaded after the statement, in a new process."""
    code = f"import json, sys\n{statement}\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return {name.split(".")[0] for name in json.loads(done.stdout)}


@pytest.mark.parametrize(
    "statement",
    [
        "import image_worker",
        "from image_worker import process",
        "from image_worker import Endpoint; Endpoint('id', api_key='key')",
        "import src.rp_handler",
    ],
)
def test_the_library_loads_nothing_heavy(statement: str) -> None:
    modules = loaded(statement)
    assert "image_worker" in modules
    assert modules.isdisjoint(HEAVY)


def test_a_job_loads_nothing_heavy_either() -> None:
    from tests.job.making import job, step

    payload = json.dumps(job(step("resize", width=9), output={"format": "PNG"}, analyze=True))
    statement = (
        "from image_worker.runpod_worker import handler\n"
        f"assert handler({{'input': json.loads({payload!r})}})['success']"
    )
    assert loaded(statement).isdisjoint(HEAVY)
