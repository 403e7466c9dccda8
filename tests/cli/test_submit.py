"""`image-worker submit`."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
import pyvips

from image_worker import batch
from image_worker.settings import load
from tests.cli.conftest import SRC
from tests.e2e.fake_platform import ENDPOINT, KEY
from tests.endpoint.conftest import platform, worker
from tests.job.making import PNG
from tests.outgoing.servers import Origin, ok

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.e2e.fake_platform import FakePlatform
    from tests.e2e.platform_jobs import PlatformJob
    from tests.endpoint.conftest import Played

    Cli = Callable[..., Any]
    JobFile = Callable[[object], str]

__all__ = ["platform", "worker"]


@pytest.fixture(autouse=True)
def variables(platform: FakePlatform, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Name the endpoint as RunPod's users do."""
    monkeypatch.delenv("IMAGE_WORKER_URL", raising=False)
    named = {
        "RUNPOD_ENDPOINT_BASE_URL": platform.base,
        "RUNPOD_ENDPOINT_ID": ENDPOINT,
        "RUNPOD_API_KEY": KEY,
    }
    for name, value in named.items():
        monkeypatch.setenv(name, value)
    return named


@pytest.fixture
def engine(worker: Played) -> Played:
    """Let the platform's worker do its jobs with our engine."""
    ours = load().worker()
    worker.does = lambda job: batch.answer(ours, job.request["input"], threads=1)
    return worker


def size(path: Path) -> tuple[int, int]:
    picture = pyvips.Image.new_from_file(str(path))
    return picture.width, picture.height


@pytest.mark.usefixtures("engine")
def test_a_picture_is_sent_with_its_operations(cli: Cli, photo: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.webp"
    resize = ("resize", "--width", 60, "filter", "--name", "blur")
    done = cli("submit", "--quality", 70, "--save", out, photo, *resize)
    assert done.code == 0
    assert done.out == ""
    assert done.err.startswith(f"{out}: 60x40 WEBP, ")
    assert "COMPLETED" in done.err
    assert size(out) == (60, 40)
    # Options may stand behind the picture too.
    assert cli("submit", photo, "--save", out, "resize", "--width", 30).code == 0
    assert size(out) == (30, 20)
    assert cli("submit", photo, "--save", out).code == 0
    assert size(out) == (120, 80)


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("wrapped", [False, True])
def test_a_job_is_sent_as_it_is(
    cli: Cli, job: dict[str, Any], job_file: JobFile, tmp_path: Path, *, wrapped: bool
) -> None:
    out = tmp_path / "out.jpg"
    done = cli("submit", job_file({"input": job} if wrapped else job), "--save", out)
    assert done.code == 0
    assert size(out) == (60, 40)
    printed = cli("submit", job_file(job)).json
    assert printed["processed_image"].startswith("data:image/jpeg;base64,")
    state = cli("submit", job_file(job), "--json", "--save", out).json
    assert state["status"] == "COMPLETED"
    assert "characters" in state["output"]["processed_image"]


def test_nobody_waits_where_only_the_id_is_wanted(
    cli: Cli, job: dict[str, Any], job_file: JobFile, platform: FakePlatform
) -> None:
    done = cli("submit", "--no-wait", job_file(job))
    assert platform.jobs.all[done.out.strip()].request["input"] == job
    assert cli("submit", "--no-wait", "--json", job_file(job)).json["status"] == "IN_QUEUE"
    assert cli("submit", "--no-wait", "--save", "a.jpg", job_file(job)).code == 2


@pytest.mark.usefixtures("engine")
def test_all_pictures_are_saved(
    cli: Cli, job: dict[str, Any], job_file: JobFile, tmp_path: Path
) -> None:
    outputs = {"small": {"widths": [10, 20], "format": "webp"}}
    item = {"image": job["image"], "output": {"format": "PNG"}, "outputs": outputs}
    broken = {"image": {"base64": "bm8gcGljdHVyZQ=="}}
    done = cli("submit", job_file({"images": [item, broken]}), "--save", tmp_path / "out.png")
    assert done.code == 1
    assert "1 of 2 jobs failed" in done.err
    assert {path.name for path in tmp_path.glob("out*")} == {
        "out-1.png",
        "out-1-small-10.webp",
        "out-1-small-20.webp",
    }
    assert cli("submit", job_file({"images": [item]}), "--save", "-").code == 1


@pytest.mark.usefixtures("engine")
def test_facts_are_saved_as_json(cli: Cli, photo: Path, tmp_path: Path) -> None:
    out = tmp_path / "facts.json"
    done = cli("submit", "--format", "json", "--analyze", "size", "--save", out, photo)
    assert done.code == 0
    assert json.loads(out.read_text())["analysis"] == {"size": [120, 80]}


def test_what_was_delivered_elsewhere_is_fetched(
    cli: Cli, photo: Path, tmp_path: Path, worker: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Origin(ok(PNG)) as origin:
        worker.does = lambda _: {"processed_image": origin.url("/a.png"), "metadata": {}}
        done = cli("submit", photo, "--save", tmp_path / "out.png")
        assert done.code == 4
        assert "source_blocked" in done.err
        monkeypatch.setenv("IMAGE_WORKER_ALLOW_HOSTS", f"127.0.0.1:{origin.port}")
        monkeypatch.setenv("IMAGE_WORKER_ALLOW_NETWORKS", "127.0.0.0/8")
        assert cli("submit", photo, "--save", tmp_path / "out.png").code == 0
    assert (tmp_path / "out.png").read_bytes() == PNG


@pytest.mark.usefixtures("engine")
def test_trouble_elsewhere_is_exit_code_4(cli: Cli, photo: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.png"
    done = cli("submit", photo, "--save", out, "crop", "--left", 500, "--right", 600)
    assert done.code == 4
    assert done.err.endswith("(invalid_parameter)\n")
    assert not out.exists()
    done = cli("submit", "--json", photo, "crop", "--left", 500, "--right", 600)
    assert done.json["status"] == "FAILED"


def test_a_job_that_takes_too_long_is_named(cli: Cli, photo: Path, platform: FakePlatform) -> None:
    done = cli("submit", "--timeout", 0, photo)
    assert done.code == 4
    (job_id,) = platform.jobs.all
    assert f"image-worker queue status {job_id}" in done.err


@pytest.mark.parametrize(
    "words",
    [
        ("missing.png",),
        ("--save", "nowhere/out.png", "PHOTO"),
        ("--json", "--save", "-", "PHOTO"),
        ("PHOTO", "resise"),
        ("PHOTO", "resize", "--widht", "3"),
        ("PHOTO", "out.png"),
        ("JOB", "resize", "--width", "3"),
        ("--quality", "3", "JOB"),
        ("BROKEN",),
        ("--url", "ftp://example.com", "PHOTO"),
    ],
)
def test_wrong_usage(
    cli: Cli, photo: Path, tmp_path: Path, platform: FakePlatform, words: tuple[str, ...]
) -> None:
    (tmp_path / "job").write_text('{"image": "a"}')
    (tmp_path / "broken").write_text('{"image": ')
    files = {"PHOTO": photo, "JOB": tmp_path / "job", "BROKEN": tmp_path / "broken"}
    assert cli("submit", *(files.get(word, word) for word in words)).code == 2
    assert not platform.asked("run")


@pytest.mark.usefixtures("engine")
def test_pipes(
    command: Callable[..., Any], photo: Path, variables: dict[str, str], tmp_path: Path
) -> None:
    words = ("submit", "--format", "png", "--save", "-", "-", "resize", "--width", 12)
    done = command(*words, stdin=photo.read_bytes(), **variables)
    assert done.returncode == 0, done.stderr
    assert pyvips.Image.new_from_buffer(done.stdout, "").width == 12


def test_a_terminal_shows_progress_and_an_interrupt_leaves_the_job(
    photo: Path, variables: dict[str, str], platform: FakePlatform, worker: Played
) -> None:
    def work(job: PlatformJob) -> dict[str, Any]:
        progress = {"progress": {"done": 3, "total": 8}}
        platform.jobs.post(job.id, {"status": "IN_PROGRESS", "output": progress})
        platform.jobs.wait_for(lambda: job.final)
        return {}

    worker.does = work
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "image_worker", "submit", str(photo)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=theirs,
        env={**os.environ, "PYTHONPATH": str(SRC), "TERM": "xterm", **variables},
    )
    os.close(theirs)
    said = b""
    while b"in progress 3 of 8" not in said:
        said += os.read(ours, 65_536)
    process.send_signal(signal.SIGINT)
    while b"The job goes on" not in said:
        said += os.read(ours, 65_536)
    assert process.wait(60) == 130
    os.close(ours)
    (job,) = platform.jobs.all.values()
    assert not job.final
    platform.jobs.cancel(job)
