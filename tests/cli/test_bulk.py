"""`image-worker bulk`, as a process: it starts others."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import pyvips

from image_worker.cli.tally import shown_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SRC = Path(__file__).parents[2] / "src"
RESIZE = ("resize", "--width", "40")
SLOW = ("resize", "--width", "1400", "filter", "--name", "blur", "--sigma", "9")


@pytest.fixture
def photos(photo: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    (folder / "b").mkdir(parents=True)
    for name in ("one.png", "two.png", "b/three.png"):
        (folder / name).write_bytes(photo.read_bytes())
    return folder


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    running: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "image_worker", "bulk", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(SRC), "PYTHONUNBUFFERED": "1"},
        )
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.communicate()


def names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_does_a_folder_and_what_is_below_it(
    command: Callable[..., Any], photos: Path, tmp_path: Path
) -> None:
    (photos / "bad.jpg").write_bytes(b"plain text")
    done = command("bulk", "photos", "--to", "small/{sub}/{stem}.webp", *RESIZE)
    assert done.returncode == 1
    assert done.stdout == b""
    summary, failure, last = done.stderr.decode().splitlines()
    assert summary.startswith("3 done, 1 failed; ")
    assert " files a second" in summary
    assert failure.startswith("  photos/bad.jpg: expected one of ")
    assert failure.endswith("(unsupported_format)")
    assert last == "Error: 1 of 4 files failed"
    made = {"one.webp", "two.webp", "b/three.webp", ".image-worker-bulk.sqlite"}
    assert names(tmp_path / "small") == made
    picture = pyvips.Image.new_from_file(str(tmp_path / "small" / "b" / "three.webp"))
    assert (picture.width, picture.get("vips-loader")) == (40, "webpload")

    before = (tmp_path / "small" / "one.webp").stat().st_mtime_ns
    (photos / "bad.jpg").write_bytes((photos / "one.png").read_bytes())
    done = command("bulk", "--jsonl", "--to", "small/{sub}/{stem}.webp", "photos", *RESIZE)
    assert done.returncode == 0
    (line,) = map(json.loads, done.stdout.splitlines())
    assert line["output"] == str(tmp_path / "small" / "bad.webp")
    assert (line["success"], line["width"], line["format"]) == (True, 40, "WEBP")
    assert line["bytes_out"] == (tmp_path / "small" / "bad.webp").stat().st_size
    assert b"1 done, 3 done before; " in done.stderr
    assert (tmp_path / "small" / "one.webp").stat().st_mtime_ns == before

    done = command("bulk", "--to", "small/{sub}/{stem}.webp", "photos", *RESIZE)
    assert done.returncode == 3
    assert done.stderr == b"Nothing to do: 4 done before\n"


def test_goes_on_after_an_interrupt_and_after_a_kill(
    started: Callable[..., Any], command: Callable[..., Any], photo: Path, tmp_path: Path
) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    for number in range(16):
        (folder / f"{number:02}.png").write_bytes(photo.read_bytes())
    line = ("--jsonl", "--jobs", "2", "--to", "out/{stem}.png", "in", *SLOW)

    first = started(*line)
    assert first.stdout.readline()
    first.send_signal(signal.SIGINT)
    rest, told = first.communicate(timeout=120)
    assert first.returncode == 130
    assert "Interrupted; the same command goes on from here" in told
    interrupted = 1 + len(rest.splitlines())
    assert interrupted < 16

    second = started(*line)
    finished = json.loads(second.stdout.readline())["output"]
    os.kill(second.pid, signal.SIGKILL)
    second.communicate(timeout=120)
    left = names(out)
    assert not [name for name in left if name.endswith(".part")]
    for name in left - {name for name in left if name.startswith(".")}:
        assert pyvips.Image.new_from_file(str(out / name)).copy_memory().width == 1400
    kept = Path(finished).stat().st_mtime_ns

    last = command(*("bulk", "--json", *line[1:]))
    assert last.returncode == 0, last.stderr
    summary = json.loads(last.stdout)
    assert (summary["failed"], summary["left"]) == (0, 0)
    assert summary["done"] + summary["done_before"] == 16
    assert summary["done_before"] > interrupted
    assert Path(finished).stat().st_mtime_ns == kept
    assert len(list(out.glob("*.png"))) == 16


def test_a_process_that_dies_costs_its_own_file(
    started: Callable[..., Any], photo: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(6):
        (folder / f"{number}.png").write_bytes(photo.read_bytes())
    run = started("--jsonl", "--jobs", "1", "--to", "out", "in", *SLOW)
    lines = [run.stdout.readline()]
    listed = Path(f"/proc/{run.pid}/task/{run.pid}/children").read_text(encoding="ascii")
    os.kill(int(listed.split()[0]), signal.SIGKILL)
    rest, _ = run.communicate(timeout=120)
    lines += rest.splitlines()
    assert run.returncode == 0
    assert len({json.loads(line)["input"] for line in lines}) == 6


def test_watches_for_what_comes(started: Callable[..., Any], photo: Path, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    watch = started("--watch", "--to", "out/{stem}.webp", "in", *RESIZE)
    ends = threading.Timer(60, watch.kill)
    ends.start()
    assert watch.stderr.readline() == "Watching in; Ctrl+C ends\n"
    for number in range(2):
        fresh = tmp_path / f"{number}.png"
        fresh.write_bytes(photo.read_bytes())
        os.utime(fresh, ns=(1, 1))  # nobody has written to it for long
        fresh.rename(tmp_path / "in" / f"{number}.png")
        assert watch.stderr.readline().startswith(f"out/{number}.webp: 40x27 WEBP, ")
    watch.send_signal(signal.SIGINT)
    _, told = watch.communicate()
    ends.cancel()
    assert watch.returncode == 130
    assert told.startswith("2 done; ")


def test_a_dry_run_only_tells(cli: Callable[..., Any], photos: Path, tmp_path: Path) -> None:
    done = cli("bulk", "-n", "--format", "webp", "--to", tmp_path / "small", photos, *RESIZE)
    assert done.code == 0
    source, result = photos / "one.png", tmp_path / "small" / "one.webp"
    assert f"{shown_path(str(source))} -> {shown_path(str(result))}  (new)" in done.out
    assert done.err == "3 to do (3 new); nothing was done\n"
    assert not (tmp_path / "small").exists()
    lines = cli("bulk", "-n", "--jsonl", "--to", tmp_path / "small", photos).out.splitlines()
    assert {json.loads(line)["why"] for line in lines} == {"new"}
    (tmp_path / "none").mkdir()
    assert cli("bulk", "-n", "--to", tmp_path / "small", tmp_path / "none").code == 3


def test_lists_come_by_standard_input(
    command: Callable[..., Any], photos: Path, tmp_path: Path
) -> None:
    given = b"photos/one.png\0photos/b/three.png\0"
    done = command("bulk", "-0", "--format", "auto", "--to", "{dir}/{stem}_40.{ext}", "-", *RESIZE,
                   stdin=given)  # fmt: skip
    assert done.returncode == 0, done.stderr
    made = {name for name in names(photos) if "_40." in name}
    assert len(made) == 2
    assert {Path(name).suffix for name in made} <= {".webp", ".png"}


def test_facts_are_written_as_json(
    command: Callable[..., Any], photos: Path, tmp_path: Path
) -> None:
    done = command("bulk", "--analyze", "size", "--to", "{dir}/{stem}.json", "photos/one.png")
    assert done.returncode == 0, done.stderr
    facts = json.loads((photos / "one.json").read_text())
    assert facts["analysis"] == {"size": [120, 80]}
    known = sqlite3.connect(tmp_path / ".image-worker-bulk.sqlite")
    ((written, code),) = known.execute("SELECT written, code FROM files")
    known.close()
    assert (os.fsdecode(written), code) == (str(photos / "one.json"), "")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["IN"], "Missing option '--to'"),
        (["--to", "out"], "name at least one file"),
        (["--to", "out", "missing.jpg"], "cannot read missing.jpg: no such file"),
        (["--to", "out", "http://127.0.0.1/a.jpg"], "is an address"),
        (["--to", "{x}.jpg", "IN"], '--to {x}.jpg: there is no field "x"'),
        (["--to", "{stem}.xyz", "IN"], "cannot tell a format from --to {stem}.xyz"),
        (["--to", "{stem}", "IN"], "cannot tell a format"),
        (["--to", "{stem}.webp", "IN", "resise", "--width", "4"], 'did you mean "resize"?'),
        (["--to", "{stem}.webp", "IN", "resise"], 'did you mean "resize"?'),
        (["--to", "{stem}.webp", "IN", "resize", "--width", "-3"], "resize --width: expected"),
        (["--to", "{stem}.webp", "--quality", "101", "IN"], "--quality: expected a number"),
        (["--to", "{stem}.webp", "--watch", "-"], "--watch goes neither with"),
        (["--to", "{stem}.webp", "--json", "--jsonl", "IN"], "choose one"),
        (["--to", "{sub}/{ext}.webp", "IN"], "would both become"),
        (["--to", "{stem}.webp", "IN", "preset", "--name", "none"], 'no preset "none"'),
    ],
)
def test_wrong_usage_does_nothing(
    cli: Callable[..., Any],
    photos: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    sentence: str,
) -> None:
    monkeypatch.chdir(photos)
    before = names(photos)
    done = cli("bulk", *(str(photos) if one == "IN" else one for one in arguments))
    assert done.code == 2
    assert sentence in done.err
    assert {name for name in names(photos) - before if "sqlite" not in name} == set()


def test_an_operation_explains_itself(cli: Callable[..., Any]) -> None:
    done = cli("bulk", "resize", "--help")
    assert done.code == 0
    assert "--max-pixels" in done.out
