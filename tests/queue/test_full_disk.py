"""A disk without room: jobs are refused at once, and none that was accepted is lost."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
APART = ("unshare", "--user", "--map-root-user", "--mount")
MOUNT = 'mount -t tmpfs -o size=32m none "$1" && exec "$2" -m tests.queue.disk_role "$1"'


def can_mount() -> bool:
    return bool(shutil.which("unshare")) and not subprocess.call(
        [*APART, "true"], stderr=subprocess.DEVNULL
    )


@pytest.mark.skipif(not can_mount(), reason="nobody may mount anything here")
def test_a_full_disk_refuses_jobs_and_loses_none(tmp_path: Path) -> None:
    played = subprocess.run(
        [*APART, "sh", "-c", MOUNT, "sh", str(tmp_path), sys.executable],
        cwd=ROOT,
        env={"PYTHONPATH": "src:.", "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert played.returncode == 0, played.stderr
    told = json.loads(played.stdout)
    print(told)
    assert told["accepted"] > 10
    assert told["refused"] == told["small"] == "queue_unavailable"
    assert told["small_seconds"] < 0.5
    assert told["completed"] == told["accepted"]
    assert told["restarted"]
