"""`image-worker process`, as a process and in this one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import pyvips

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_makes_a_file_from_a_file(command: Callable[..., Any], photo: Path, tmp_path: Path) -> None:
    done = command("process", photo.name, "small.webp", "resize", "--width", "60")
    assert done.returncode == 0
    assert done.stdout == b""
    line = done.stderr.decode()
    assert line.startswith("small.webp: 60x40 WEBP, ")
    assert "smaller), " in line
    assert line.endswith("ms\n")
    picture = pyvips.Image.new_from_file(str(tmp_path / "small.webp"))
    assert (picture.width, picture.height) == (60, 40)


def test_reads_standard_input_and_writes_standard_output(
    command: Callable[..., Any], photo: Path
) -> None:
    done = command(
        "process", "--format", "png", "-", "-", "resize", "--height", "20",
        stdin=photo.read_bytes(),
    )  # fmt: skip
    assert done.returncode == 0
    assert pyvips.Image.new_from_buffer(done.stdout, "").height == 20
    assert done.stderr.startswith(b"-: 30x20 PNG")


def test_carries_out_operations_in_their_order(
    cli: Callable[..., Any], photo: Path, tmp_path: Path
) -> None:
    target = tmp_path / "out.png"
    done = cli(
        "process", photo, target,
        "crop", "--right", "50%", "resize", "--width", "30", "--maintain-aspect",
        "filter", "--name", "blur", "adjust", "--contrast", "1.1",
    )  # fmt: skip
    assert done.code == 0, done.err
    picture = pyvips.Image.new_from_file(str(target))
    assert (picture.width, picture.height) == (30, 40)


def test_json_prints_the_answer_without_the_picture(
    cli: Callable[..., Any], photo: Path, tmp_path: Path
) -> None:
    done = cli(
        "process", "--json", "--analyze", "brightness,mode", "--quality", 70,
        photo, tmp_path / "out.jpg",
    )  # fmt: skip
    assert done.code == 0
    assert done.json["success"] is True
    assert done.json["metadata"]["quality"] == 70
    assert set(done.json["analysis"]) == {"brightness", "mode"}
    assert "processed_image" not in done.json


def test_facts_alone_are_written_as_json(
    cli: Callable[..., Any], photo: Path, tmp_path: Path
) -> None:
    done = cli("process", "--analyze", '["size"]', photo, tmp_path / "facts.json")
    assert done.code == 0
    assert json.loads((tmp_path / "facts.json").read_text())["analysis"]["size"] == [120, 80]


def test_warnings_stand_on_lines_of_their_own(
    cli: Callable[..., Any], photo: Path, tmp_path: Path
) -> None:
    done = cli("process", "--quality", "50", photo, tmp_path / "out.png")
    assert done.code == 0
    assert done.err.splitlines()[0].startswith("Note: PNG has no losses")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--quality", "abc", "IN", "OUT"], '--quality: expected a whole number, got "abc"'),
        (["--quality", "101", "IN", "OUT"], "--quality: expected a number of at most 100, got 101"),
        (["IN", "OUT", "resize", "--width", "-3"], "resize --width: expected a whole number"),
        (["IN", "OUT", "resize"], 'resize: expected "width", "height" or both, got neither'),
        (["IN", "OUT", "resize", "--widht", "3"], "--width"),
        (["IN", "OUT", "resise", "--width", "3"], 'did you mean "resize"?'),
        (["IN", "OUT", "crop", "filter", "--name", "blurr"], "filter --name: expected the name"),
        (["IN", "OUT", "filter", "--name", "blurr"], 'did you mean "blur"?'),
        (["IN", "OUT", "--quality", "3"], "flags of the output stand before the files"),
        (["IN", "out.xyz"], "cannot tell a format from the name out.xyz"),
        (["IN", "nowhere/out.png"], "there is no folder nowhere"),
        (["missing.jpg", "OUT"], "cannot read missing.jpg: no such file or directory"),
        (["--json", "IN", "-"], "--json needs standard output"),
        (["--analyze", "brightnes", "IN", "OUT"], "--analyze"),
        (["IN"], "OUT"),
    ],
)  # fmt: skip
def test_wrong_usage_is_one_sentence_and_exit_code_2(
    cli: Callable[..., Any], photo: Path, tmp_path: Path, arguments: list[str], sentence: str
) -> None:
    target = tmp_path / "out.jpg"
    places = {"IN": str(photo), "OUT": str(target)}
    done = cli("process", *(places.get(one, one) for one in arguments))
    assert done.code == 2
    assert sentence in done.err
    assert done.err.startswith("Error: ")
    assert done.out == ""
    assert not target.exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"", "in: expected a picture, got no bytes at all"), (b"plain text", "got text")],
)
def test_a_failed_job_is_one_sentence_and_exit_code_1(
    cli: Callable[..., Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    content: bytes,
    sentence: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").write_bytes(content)
    done = cli("process", "in", "out.jpg")
    assert done.code == 1
    assert sentence in done.err
    assert not (tmp_path / "out.jpg").exists()


def test_an_operation_that_does_not_fit_the_picture_is_named(
    cli: Callable[..., Any], photo: Path, tmp_path: Path
) -> None:
    done = cli("process", photo, tmp_path / "out.jpg", "crop", "--left", "900")
    assert done.code == 2
    assert "crop: the box from 900" in done.err


def test_a_preset_takes_its_variables(
    cli: Callable[..., Any], photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = [{"type": "resize", "params": {"width": "${size}"}}]
    presets = tmp_path / "presets.json"
    presets.write_text(json.dumps({"avatar": {"operations": steps}}))
    monkeypatch.setenv("IMAGE_WORKER_PRESETS", str(presets))
    target = tmp_path / "out.png"
    done = cli("process", photo, target, "preset", "--name", "avatar", "--set", "size=32")
    assert done.code == 0, done.err
    assert pyvips.Image.new_from_file(str(target)).width == 32
    assert cli("process", photo, target, "preset", "--name", "avatar", "--set", "size").code == 2
    done = cli("process", photo, target, "preset", "--name", "avatr")
    assert done.code == 2
    assert 'did you mean "avatar"?' in done.err
    assert "avatar" in cli("schema", "presets").json


def test_a_failed_job_is_json_where_json_was_asked_for(
    cli: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "in").write_bytes(b"plain text")
    done = cli("process", "--json", tmp_path / "in", tmp_path / "out.jpg")
    assert done.code == 1
    assert done.json["code"] == "unsupported_format"


def test_an_address_that_is_not_public_is_not_fetched(command: Callable[..., Any]) -> None:
    done = command("process", "http://127.0.0.1:80/a.jpg", "out.jpg")
    assert done.returncode == 1
    assert done.stderr.startswith(b"Error: http://127.0.0.1:80/a.jpg: ")


def test_errors_are_plain_and_unwrapped_in_a_pipe(command: Callable[..., Any]) -> None:
    done = command("process", "missing.jpg", "x" * 200 + ".jpg", "resize", "--width", "5")
    assert done.returncode == 2
    assert b"\x1b" not in done.stderr
    assert done.stderr.count(b"\n") == 2


def test_wrong_settings_are_told_by_their_variable(
    command: Callable[..., Any], photo: Path
) -> None:
    done = command("process", photo, "out.jpg", IMAGE_WORKER_THREADS="many")
    assert done.returncode == 2
    assert b"IMAGE_WORKER_THREADS" in done.stderr
    assert b"Traceback" not in done.stderr


def test_replaces_a_file_whole_and_keeps_its_mode(
    cli: Callable[..., Any], photo: Path, tmp_path: Path
) -> None:
    target = tmp_path / "out.jpg"
    target.write_bytes(b"old")
    target.chmod(0o640)
    assert cli("process", photo, target).code == 0
    assert target.stat().st_mode & 0o777 == 0o640
    assert target.read_bytes().startswith(b"\xff\xd8")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.jpg", "photo.png"]


def test_a_file_can_be_its_own_result(cli: Callable[..., Any], photo: Path) -> None:
    assert cli("process", photo, photo, "resize", "--width", "10").code == 0
    assert pyvips.Image.new_from_file(str(photo)).width == 10


def test_a_link_stays_a_link(cli: Callable[..., Any], photo: Path, tmp_path: Path) -> None:
    (tmp_path / "link.png").symlink_to(photo)
    assert cli("process", photo, tmp_path / "link.png", "resize", "--width", "10").code == 0
    assert (tmp_path / "link.png").is_symlink()
    assert pyvips.Image.new_from_file(str(photo)).width == 10


def test_loads_nothing_heavy_for_a_file(command: Callable[..., Any], photo: Path) -> None:
    done = command("process", photo, "out.jpg", "resize", "--width", "9", python=("-Ximporttime",))
    assert done.returncode == 0
    loaded = {line.rsplit(b"|", 1)[-1].strip().split(b".")[0] for line in done.stderr.splitlines()}
    assert b"pyvips" in loaded
    assert not loaded & {b"runpod", b"fastapi", b"numpy", b"cv2", b"aiohttp", b"PIL", b"rich"}
