"""`image-worker run`."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import pybase64
import pytest
import pyvips
from rich.console import Console

from image_worker.cli import run
from image_worker.cli.summary import Page, Saved, told

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def width(path: Path) -> int:
    return pyvips.Image.new_from_file(str(path)).width


@pytest.mark.parametrize("wrapped", [False, True])
def test_prints_the_answer(
    command: Callable[..., Any],
    job: dict[str, Any],
    job_file: Callable[[object], str],
    *,
    wrapped: bool,
) -> None:
    done = command("run", job_file({"input": job} if wrapped else job))
    assert done.returncode == 0
    assert done.stderr == b""
    answer = json.loads(done.stdout)
    assert answer["success"] is True
    assert answer["processed_image"].startswith("data:image/jpeg;base64,")
    assert "analysis" not in answer


def test_reads_the_job_from_standard_input(
    command: Callable[..., Any], job: dict[str, Any]
) -> None:
    done = command("run", "-", stdin=json.dumps(job).encode())
    assert json.loads(done.stdout)["metadata"]["width"] == 60


def test_saves_the_picture_and_prints_a_summary(
    command: Callable[..., Any],
    job: dict[str, Any],
    job_file: Callable[[object], str],
    tmp_path: Path,
) -> None:
    done = command("run", job_file(job), "--save", "out.jpg", PYTHONIOENCODING="utf-8")
    assert done.returncode == 0
    assert width(tmp_path / "out.jpg") == 60
    lines = done.stdout.decode().splitlines()
    assert lines[0].startswith("✓ Saved out.jpg  60x40 JPEG, quality 90, ")
    chain = "120x80 PNG → resize to 60x40 → filter sharpen → adjust brightness 1.2 → JPEG"
    assert chain in lines[2]
    assert all(stage in lines[3] for stage in ("fetch", "render", "deliver"))
    assert "image-worker process photo.jpg small.webp resize --width 800" in done.stdout.decode()
    assert b"\x1b" not in done.stdout


def test_the_summary_is_plain_where_the_terminal_knows_no_arrows(
    command: Callable[..., Any], job: dict[str, Any], job_file: Callable[[object], str]
) -> None:
    done = command("run", job_file(job), "--save", "out.jpg", PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert b"PNG -> resize to 60x40 -> filter" in done.stdout


def test_names_the_command_as_it_was_started(
    cli: Callable[..., Any],
    job: dict[str, Any],
    job_file: Callable[[object], str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("run", "handler.py"):
        (tmp_path / name).touch()
    assert "./run schema" in cli("run", job_file(job), "--save", "out.jpg").out


def test_notes_what_may_surprise(
    cli: Callable[..., Any], job: dict[str, Any], job_file: Callable[[object], str], tmp_path: Path
) -> None:
    done = cli("run", job_file(job), "--save", tmp_path / "out.png")
    assert "the job asks for JPEG" in done.out


def test_tells_what_was_measured(
    cli: Callable[..., Any], job: dict[str, Any], job_file: Callable[[object], str], tmp_path: Path
) -> None:
    asked = {**job, "analyze": ["brightness", "mode"]}
    done = cli("run", job_file(asked), "--save", tmp_path / "out.jpg")
    assert "measured brightness " in done.out
    assert "120x80 PNG" in done.out


def test_colours_are_for_terminals(job: dict[str, Any]) -> None:
    out = io.StringIO()
    page = Page(Console(file=out, force_terminal=True, highlight=False, width=80))
    answer = {"success": True, "metadata": {"width": 1, "height": 2, "format": "PNG", "bytes": 3}}
    told(job, [Saved("a.png", answer)], page)
    assert "\x1b[" in out.getvalue()


@pytest.mark.parametrize("save", [False, True])
def test_a_failed_job_tells_path_and_code(
    command: Callable[..., Any],
    job: dict[str, Any],
    job_file: Callable[[object], str],
    tmp_path: Path,
    *,
    save: bool,
) -> None:
    wrong = {**job, "operations": [{"type": "resize", "params": {"widht": 3}}]}
    done = command("run", job_file(wrong), *(["--save", "out.jpg"] if save else []))
    assert done.returncode == 1
    error = done.stderr.decode()
    assert error.startswith("Error: operations[0].params.widht: ")
    assert 'did you mean "width"?' in error
    assert error.endswith("(invalid_parameter)\n")
    assert not (tmp_path / "out.jpg").exists()
    assert bool(done.stdout) is not save


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "\udcff", '{"timeout": NaN}'])
def test_a_file_that_is_not_json(cli: Callable[..., Any], tmp_path: Path, text: str) -> None:
    path = tmp_path / "job.json"
    path.write_bytes(text.encode(errors="surrogateescape"))
    done = cli("run", path)
    assert done.code == 1
    assert "invalid_json" in done.err


@pytest.mark.parametrize("payload", [[], "text", 5, None, {"input": None}])
def test_json_that_is_no_job(
    cli: Callable[..., Any], job_file: Callable[[object], str], payload: object
) -> None:
    done = cli("run", job_file(payload), "--save", "out.jpg")
    assert done.code == 1
    assert done.err.startswith("Error: ")


def test_wrong_usage(
    cli: Callable[..., Any], tmp_path: Path, job: dict[str, Any], job_file: Callable[[object], str]
) -> None:
    assert cli("run").code == 2
    assert cli("run", tmp_path / "missing.json").code == 2
    assert cli("run", job_file(job), "--save", tmp_path / "nowhere" / "out.jpg").code == 2
    assert cli("run", job_file(job), "--save", tmp_path).code == 2


def test_a_batch_is_saved_by_number(
    command: Callable[..., Any],
    job: dict[str, Any],
    job_file: Callable[[object], str],
    tmp_path: Path,
) -> None:
    broken = {"base64": "bm8gcGljdHVyZQ=="}
    batch = {"images": [job["image"], broken, job["image"]], "operations": job["operations"]}
    done = command("run", job_file({"input": batch}), "--save", "out.jpg")
    assert done.returncode == 1
    assert sorted(path.name for path in tmp_path.glob("out*")) == ["out-1.jpg", "out-3.jpg"]
    out = done.stdout.decode()
    assert "out-1.jpg" in out
    assert "job 2: " in out
    assert "1 of 3 jobs failed" in done.stderr.decode()


def test_a_batch_is_printed(
    cli: Callable[..., Any], job: dict[str, Any], job_file: Callable[[object], str]
) -> None:
    done = cli("run", job_file({"images": [job["image"]] * 2, "output": {"format": "PNG"}}))
    assert done.code == 0
    assert done.json["succeeded"] == 2


def test_facts_alone_are_saved_as_json(
    cli: Callable[..., Any], job: dict[str, Any], job_file: Callable[[object], str], tmp_path: Path
) -> None:
    facts = {"image": job["image"], "output": {"format": "json"}, "analyze": ["size"]}
    assert cli("run", job_file(facts), "--save", tmp_path / "facts.json").code == 0
    assert json.loads((tmp_path / "facts.json").read_text())["analysis"] == {
        "size": [120, 80],
        "format": "PNG",
    }


def test_renditions_are_saved_by_their_names(tmp_path: Path) -> None:
    data = f"data:image/png;base64,{pybase64.b64encode_as_string(b'picture')}"
    one = {"processed_image": data, "metadata": {"format": "WEBP"}}
    answer = {
        "success": True,
        "outputs": {"thumb": one, "web": {"variants": [{**one, "width": 400}]}},
    }
    saved = run._saved(answer, str(tmp_path / "out.jpg"))
    assert [each.name.rsplit("/", 1)[-1] for each in saved] == [
        "out-thumb.webp",
        "out-web-400.webp",
    ]
    assert (tmp_path / "out-thumb.webp").read_bytes() == b"picture"


def test_a_terminal_is_spared_the_picture() -> None:
    answer = {
        "processed_image": "data:" + "x" * 500,
        "outputs": {"a": {"processed_image": "data:" + "y" * 500}},
    }
    shown = run._shown({"results": [answer]})["results"][0]
    assert "--save FILE" in shown["processed_image"]
    assert len(shown["outputs"]["a"]["processed_image"]) < 200


def test_the_picture_may_go_to_standard_output(
    command: Callable[..., Any], job: dict[str, Any], job_file: Callable[[object], str]
) -> None:
    done = command("run", job_file(job), "--save", "-")
    assert done.returncode == 0
    assert pyvips.Image.new_from_buffer(done.stdout, "").width == 60
    assert b"Saved -" in done.stderr


def test_several_results_are_counted(
    cli: Callable[..., Any], job: dict[str, Any], job_file: Callable[[object], str], tmp_path: Path
) -> None:
    outputs = {"small": {"widths": [10, 20], "format": "webp"}, "grey": {"format": "PNG"}}
    several = {"image": job["image"], "outputs": outputs}
    done = cli("run", job_file(several), "--save", tmp_path / "out.jpg")
    assert done.code == 0
    assert {path.name for path in tmp_path.glob("out*")} == {
        "out-small-10.webp",
        "out-small-20.webp",
        "out-grey.png",
    }
    assert "3 pictures" in done.out


def test_a_plan_is_saved_as_json(
    cli: Callable[..., Any], job: dict[str, Any], job_file: Callable[[object], str], tmp_path: Path
) -> None:
    done = cli("run", job_file({**job, "dry_run": True}), "--save", tmp_path / "plan.json")
    assert done.code == 0
    assert "120x80" in done.out
    assert "resize to 60x40" in done.out
    assert "holds the answer as JSON" in done.out
    assert json.loads((tmp_path / "plan.json").read_text())["plan"]
