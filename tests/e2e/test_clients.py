"""RunPod's own clients, and the tutorial's, get their jobs done by the worker."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from image_worker.endpoint import Endpoint, RemoteJobCancelledError, RemoteJobError
from image_worker.errors import InvalidParameterError
from tests.e2e.fake_platform import ENDPOINT, KEY
from tests.e2e.processes import environment, python
from tests.job.making import encoded, job, picture_in, smooth, step

if TYPE_CHECKING:
    from tests.e2e.conftest import Live

CLIENTS = Path(__file__).parents[1] / "clients"
GOOD, BAD = job(step("resize", width=20)), job(step("resize", widht=20))
LONG = job(
    step("resize", width=4000, height=3000, maintain_aspect=False), {"filter": {"name": "clahe"}}
)
INPUTS = [json.dumps(job_input) for job_input in (GOOD, BAD, LONG)]
SENTENCE = 'did you mean "width"?'


def test_the_python_client(live: Live) -> None:
    done = python(
        str(CLIENTS / "endpoint.py"),
        KEY,
        ENDPOINT,
        *INPUTS,
        RUNPOD_ENDPOINT_BASE_URL=live.platform.base,
    )
    assert done.returncode == 0, done.stderr
    seen: dict[str, Any] = json.loads(done.stdout)
    assert picture_in(seen["run_sync"]).size == (20, 15)
    assert picture_in(seen["output"]).size == (20, 15)
    assert seen["status"] == "COMPLETED"
    assert seen["failed_status"] == "FAILED"
    # This client drops the error of a job; the reason stands in its output as well.
    for failed in (seen["failed_output"], seen["failed_run_sync"]):
        assert SENTENCE in failed["message"]
        assert failed["code"] == "invalid_parameter"
    assert seen["stream"] == []
    assert seen["cancelled"]["status"] == "CANCELLED"
    assert seen["health"]["jobs"]["failed"] >= 2
    assert seen["purged"]["status"] == "completed"
    assert "401" in seen["wrong_key"]


def test_the_javascript_client(live: Live) -> None:
    done = subprocess.run(
        ["node", str(CLIENTS / "endpoint.mjs"), live.platform.base, KEY, ENDPOINT, *INPUTS],
        check=False,
        capture_output=True,
        text=True,
        env=environment(),
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    seen: dict[str, Any] = json.loads(done.stdout)
    for completed in (seen["runSync"], seen["completed"], seen["afterStream"]):
        assert completed["status"] == "COMPLETED"
        assert picture_in(completed["output"]).size == (20, 15)
    assert seen["failed"]["status"] == "FAILED"
    assert SENTENCE in seen["failed"]["error"]
    assert SENTENCE in seen["failed"]["output"]["message"]
    assert seen["stream"] == []
    assert seen["cancelled"]["status"] == "CANCELLED"
    assert seen["purged"]["status"] == "completed"
    assert seen["health"]["jobs"]["completed"] >= 2
    assert seen["wrongKey"] == 401


def test_our_client(live: Live) -> None:
    with Endpoint(ENDPOINT, url=live.platform.base, api_key=KEY) as endpoint:
        assert endpoint.run_sync(GOOD).pictures[0].size == (20, 15)
        with pytest.raises(RemoteJobError, match=re.escape(SENTENCE)) as raised:
            endpoint.wait(endpoint.run(BAD))
        assert isinstance(raised.value.reason, InvalidParameterError)
        assert raised.value.reason.path == "operations[0].params.widht"
        long = endpoint.run(LONG)
        assert endpoint.cancel(long).status == "CANCELLED"
        with pytest.raises(RemoteJobCancelledError):
            endpoint.wait(long)


def test_the_client_of_the_tutorial(live: Live, tmp_path: Path) -> None:
    picture, saved = tmp_path / "picture.jpg", tmp_path / "processed_image.jpg"
    picture.write_bytes(encoded(smooth(1024, 768), "JPEG"))
    done = python(
        str(CLIENTS / "tutorial.py"), live.platform.base, KEY, ENDPOINT, str(picture), str(saved)
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "'width': 800, 'height': 600" in done.stdout
    with Image.open(saved) as image:
        assert (image.format, image.size) == ("JPEG", (800, 600))
