"""`image-worker analyze`, `compare`, `ops`, `presets` and `completion`."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
import pyvips
from rich.console import Console

from image_worker import catalog
from image_worker.cache import Disk
from image_worker.cli import facts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def noisy(photo: Path, tmp_path: Path) -> Path:
    path, clean = tmp_path / "noisy.png", pyvips.Image.new_from_file(str(photo))
    noise = pyvips.Image.gaussnoise(clean.width, clean.height, sigma=6, mean=0, seed=1)
    (clean + noise).cast("uchar").copy(interpretation="srgb").pngsave(str(path))
    return path


def test_analyze_tells_a_person(cli: Callable[..., Any], photo: Path) -> None:
    done = cli("analyze", photo)
    assert done.code == 0
    assert done.out.splitlines()[0] == str(photo)
    assert "  size             120 x 80" in done.out.splitlines()
    assert "\x1b" not in done.out


def test_analyze_prints_json(cli: Callable[..., Any], photo: Path, noisy: Path) -> None:
    done = cli("analyze", "--json", "--want", "size,mode", photo)
    assert done.json == {"file": str(photo), "success": True, "size": [120, 80], "mode": "RGB"}
    done = cli("analyze", "--json", "--want", '["size"]', photo, noisy)
    assert [one["file"] for one in done.json] == [str(photo), str(noisy)]
    lines = cli("analyze", "--jsonl", "--want", "all", photo, noisy).out.splitlines()
    assert [set(json.loads(line)) >= {"phash", "exif", "palette"} for line in lines] == [True] * 2


def test_analyze_goes_on_after_a_file_that_is_no_picture(
    cli: Callable[..., Any], photo: Path, tmp_path: Path
) -> None:
    (tmp_path / "bad.jpg").write_bytes(b"plain text")
    done = cli("analyze", "--json", tmp_path / "bad.jpg", photo)
    assert done.code == 1
    assert [one["success"] for one in done.json] == [False, True]
    assert "1 of 2 could not be measured" in done.err
    done = cli("analyze", "--want", "brightnes", photo)
    assert done.code == 2
    assert 'did you mean "brightness"?' in done.err


def test_analyze_reads_standard_input(command: Callable[..., Any], photo: Path) -> None:
    done = command("analyze", "--json", "--want", "size", "-", stdin=photo.read_bytes())
    assert json.loads(done.stdout)["size"] == [120, 80]


def test_colours_and_histograms_are_drawn_on_a_terminal() -> None:
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, width=200, color_system="truecolor")
    console._encoding = "utf-8"
    values = {"average": "#ff0000", "levels": [0] * 255 + [9], "palette": [{"color": "#00ff00"}]}
    facts.told("a.jpg", values, console)
    assert "48;2;255;0;0" in out.getvalue()
    assert "█" in out.getvalue()
    assert "#00ff00" in out.getvalue()


def test_compare_measures_and_draws(
    cli: Callable[..., Any], photo: Path, noisy: Path, tmp_path: Path
) -> None:
    done = cli("compare", "--json", photo, noisy, "--diff", tmp_path / "diff.png")
    assert done.code == 0
    assert 0.5 < done.json["ssim"] < 1
    assert done.json["a"] == {"size": [120, 80], "format": "PNG", "bytes": photo.stat().st_size}
    apart = pyvips.Image.new_from_file(str(photo)) - pyvips.Image.new_from_file(str(noisy))
    assert done.json["mse"] == pytest.approx((apart * apart).avg(), rel=1e-3)
    drawn = pyvips.Image.new_from_file(str(tmp_path / "diff.png"))
    expected = (apart.abs() * 8).cast("uchar")
    assert (drawn[:3].cast("float") - expected).abs().avg() < 1


def test_compare_tells_a_person(cli: Callable[..., Any], photo: Path, noisy: Path) -> None:
    done = cli("compare", photo, photo)
    assert "psnr     none: they are the same" in done.out
    assert "mse      0.0000" in done.out
    done = cli("compare", photo, noisy, "--min-ssim", "0.999")
    assert done.code == 1
    assert "expected at least 0.999" in done.err
    assert cli("compare", photo, noisy, "--min-ssim", "0.1").code == 0
    assert cli("compare", photo).code == 2


def test_compare_scales_the_second(cli: Callable[..., Any], photo: Path, tmp_path: Path) -> None:
    half = tmp_path / "half.png"
    pyvips.Image.new_from_file(str(photo)).resize(0.5).pngsave(str(half))
    done = cli("compare", photo, half, "--diff", tmp_path / "diff.webp")
    assert "their sizes differ" in done.out
    assert pyvips.Image.new_from_file(str(tmp_path / "diff.webp")).width == 120


def test_ops_lists_everything(cli: Callable[..., Any]) -> None:
    out = cli("ops").out
    families = (catalog.OPERATIONS, catalog.FILTERS, catalog.FORMATS, catalog.ANALYZERS)
    assert all(name in out for family in families for name in family.names)
    listed = cli("ops", "--json").json
    assert {one["name"] for one in listed["operations"]} == set(catalog.OPERATIONS.names)


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("resize", ['{"type": "resize", "params": {"width": 240}}', "--max-pixels", "--when"]),
        ("blur", ["process photo.jpg out.jpg filter --name blur --sigma 6", "--sigma", "--where"]),
        ("filter", ["--name is one of", "blur"]),
        ("WEBP", ["image-worker process --format webp photo.jpg out.webp", "--near-lossless"]),
        ("palette", ["image-worker analyze --want", "Colours"]),
    ],
)
def test_ops_explains_one_with_its_example(
    cli: Callable[..., Any], name: str, lines: list[str]
) -> None:
    done = cli("ops", name)
    assert done.code == 0, done.err
    assert all(line.lower() in done.out.lower() for line in lines), done.out


def test_ops_knows_what_was_meant(cli: Callable[..., Any]) -> None:
    done = cli("ops", "resise")
    assert done.code == 2
    assert 'did you mean "resize"?' in done.err
    assert cli("ops", "crop", "--json").json["schema"]["properties"]["left"]


@pytest.fixture
def presets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "presets.json"
    avatar = {
        "operations": [{"resize": {"width": "${size}"}}],
        "defaults": {"size": 64},
        "description": "A face",
    }
    path.write_text(json.dumps({"avatar": avatar}))
    monkeypatch.setenv("IMAGE_WORKER_PRESETS", str(path))
    return path


def test_presets_are_listed_and_shown(cli: Callable[..., Any], presets: Path) -> None:
    assert cli("presets", "list").out == "avatar  A face; 1 step; size=64\n"
    assert cli("presets", "list", "--json").json["avatar"]["defaults"] == {"size": 64}
    assert cli("presets", "show", "avatar").json["description"] == "A face"
    done = cli("presets", "show", "avatr")
    assert (done.code, 'did you mean "avatar"?' in done.err) == (2, True)


def test_presets_are_checked(cli: Callable[..., Any], presets: Path, tmp_path: Path) -> None:
    assert cli("presets", "check").out == "1 presets, all in order\n"
    wrong = tmp_path / "wrong.json"
    steps = [{"resize": {"widht": 4}}]
    open_one = {"operations": [{"resize": {"width": "${size}"}}, {"trim": {}}]}
    wrong.write_text(json.dumps({"a": {"operations": steps}, "b": open_one}))
    done = cli("presets", "check", wrong)
    assert done.code == 1
    assert done.err.startswith("a: ")
    assert 'did you mean "width"?' in done.err
    assert "1 of 2 presets cannot be used" in done.err
    wrong.write_text("{")
    assert cli("presets", "check", wrong).code == 2


def test_where_there_are_no_presets(cli: Callable[..., Any]) -> None:
    done = cli("presets", "list")
    assert (done.code, done.out) == (3, "")
    assert "IMAGE_WORKER_PRESETS" in done.err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_what_a_shell_runs(cli: Callable[..., Any], shell: str) -> None:
    done = cli("completion", shell)
    assert done.code == 0
    assert f"_IMAGE_WORKER_COMPLETE={shell}_complete" in done.out
    if shutil.which(shell):
        subprocess.run([shell, "-n"], input=done.out, text=True, check=True)


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("image-worker ana", "plain,analyze"),
        ("image-worker process --form", "plain,--format"),
        ("image-worker process --format we", "plain,WEBP"),
        ("image-worker process a.jpg b.jpg resi", "plain,resize"),
        ("image-worker process a.jpg b.jpg resize --wid", "plain,--width"),
        ("image-worker process a.jpg b.jpg filter --name sharp", "plain,sharpen"),
        ("image-worker bulk --to out photos resi", "plain,resize"),
        ("image-worker bulk --to out photos --dry", "plain,--dry-run"),
        ("image-worker presets sh", "plain,show"),
        ("image-worker completion z", "plain,zsh"),
        ("image-worker analyze ", "file,"),
    ],
)
def test_completion_offers_commands_flags_and_values(
    cli: Callable[..., Any],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    words: str,
    offered: str,
) -> None:
    for name, value in asked(words).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit):
        cli()
    assert offered in capsys.readouterr().out.splitlines()


def test_a_shell_is_answered_by_the_command_itself(command: Callable[..., Any]) -> None:
    done = command(**asked("image-worker process a.jpg b.jpg resize --wid"))
    assert done.stdout.decode().splitlines() == ["plain,--width"]


def asked(words: str) -> dict[str, str]:
    return {
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split(" ")) - 1),
        "_IMAGE_WORKER_COMPLETE": "bash_complete",
    }


def test_the_cache_is_shown_and_emptied(
    cli: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cli("cache", "show").code == 3
    folder = tmp_path / "kept"
    monkeypatch.setenv("IMAGE_WORKER_CACHE_FOLDER", str(folder))
    assert cli("cache", "show").out == f"{folder}: 0 results, 0 bytes of 1.0 GB\n"
    Disk(folder, 10**9).write("key", {"a": 1}, [b"picture"])
    assert cli("cache", "show", "--json").json["results"] == 1
    assert cli("cache", "clear").err == "1 results removed, 4.1 kB\n"
    assert cli("cache", "show", "--json").json["bytes"] == 0
