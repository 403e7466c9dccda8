"""The list of commands, help, and the small commands."""

from __future__ import annotations

import importlib
import json
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import pyvips

from image_worker import catalog
from image_worker.cli import checks
from image_worker.cli.group import SUMMARIES
from image_worker.cli.words import amount, change, duration
from image_worker.health import health
from image_worker.settings import Settings
from image_worker.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PROJECT = Path(__file__).parents[2] / "pyproject.toml"


def test_help_starts_with_examples(cli: Callable[..., Any]) -> None:
    done = cli("--help")
    assert done.code == 0
    lines = [line.strip() for line in done.out.splitlines() if line.strip()]
    assert lines[2] == "image-worker process photo.jpg small.webp resize --width 800"
    assert all(name in done.out for name in SUMMARIES)


@pytest.mark.parametrize("name", list(SUMMARIES))
def test_every_command_has_help_that_begins_as_the_list_says(
    cli: Callable[..., Any], name: str
) -> None:
    command = importlib.import_module(f"image_worker.cli.{name}").command
    assert command.help.split("\n\n")[0].replace("\n", " ") == SUMMARIES[name]
    assert cli(name, "--help").code == 0
    assert cli(name, "-h").code == 0


def test_help_imports_no_command(command: Callable[..., Any]) -> None:
    done = command("--help", python=("-Ximporttime",))
    assert done.returncode == 0
    assert b"image_worker.cli.process" not in done.stderr
    assert b"image_worker.cli.checks" not in done.stderr


def test_version(cli: Callable[..., Any]) -> None:
    done = cli("--version")
    assert done.code == 0
    assert __version__ in done.out


def test_unknown_commands_and_flags_are_wrong_usage(cli: Callable[..., Any]) -> None:
    done = cli("proces")
    assert done.code == 2
    assert 'did you mean "process"?' in done.err
    done = cli("nothing-like-it")
    assert "known are process, bulk" in done.err
    done = cli("doctor", "--jsn")
    assert done.code == 2
    assert "--json" in done.err
    assert cli("--wrong").code == 2


@pytest.mark.parametrize("part", ["job", "output", "operations"])
def test_schema_is_a_json_schema(command: Callable[..., Any], part: str) -> None:
    done = command("schema", part)
    assert done.returncode == 0
    schema = json.loads(done.stdout)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    refs = [one["$ref"] for one in nested(schema) if isinstance(one.get("$ref"), str)]
    assert all(ref.rsplit("/", 1)[-1] in schema["$defs"] for ref in refs)
    types = {one["type"] for one in nested(schema) if isinstance(one.get("type"), str)}
    assert types <= {"object", "array", "string", "integer", "number", "boolean", "null"}
    assert types


def test_schema_of_a_job_is_the_default_and_names_every_operation(cli: Callable[..., Any]) -> None:
    schema = cli("schema").json
    assert "image" in schema["properties"]
    steps = json.dumps(schema)
    assert all(f'"const": "{name}"' in steps for name in catalog.OPERATIONS.names)
    assert cli("schema", "jobs").code == 2


def nested(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for part in parts:
        yield from nested(part)


def test_doctor_checks_every_format(command: Callable[..., Any]) -> None:
    done = command("doctor", "--json", IMAGE_WORKER_SVG="1", IMAGE_WORKER_THREAD="2")
    assert done.returncode == 0
    facts = json.loads(done.stdout)
    assert facts["ok"] is True
    formats = {one["name"]: one for one in facts["formats"]}
    assert set(formats) == {"AVIF", "GIF", "JPEG", "PNG", "SVG", "TIFF", "WEBP"} | set(formats)
    assert all(one["ok"] and one["read"] for one in formats.values())
    assert [name for name, one in formats.items() if not one["write"]] == ["SVG"]
    assert facts["settings"] == {"IMAGE_WORKER_SVG": True}
    (unknown,) = facts["unknown_settings"]
    assert 'did you mean "IMAGE_WORKER_THREADS"?' in unknown
    assert facts["versions"]["image-worker"] == __version__
    assert facts["machine"]["writable"] is True


def test_doctor_is_a_page_for_people(
    cli: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IMAGE_WORKER_MAX_BATCH", "7")
    monkeypatch.setenv("IMAGE_WORKER_NOTHING", "7")
    done = cli("doctor")
    assert done.code == 0
    assert "JPEG            ok       read and write" in done.out
    assert "IMAGE_WORKER_MAX_BATCH" in done.out
    assert "IMAGE_WORKER_NOTHING" in done.out
    assert "max_side" in done.out


def test_doctor_fails_where_a_format_does_not_work(
    cli: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: Any, picture: Any) -> bytes:
        return b"no picture"

    monkeypatch.setattr(catalog.FORMATS["WEBP"], "encode", broken)
    done = cli("doctor")
    assert done.code == 1
    assert "WEBP            FAILED" in done.out
    assert "a promised format does not work here" in done.err


def test_doctor_looks_at_the_pixels(
    cli: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    png = catalog.FORMATS["PNG"]
    monkeypatch.setattr(
        catalog.FORMATS["GIF"],
        "encode",
        lambda _, picture: png().encode(picture.each(lambda image: image.invert())),
    )
    done = cli("doctor", "--json")
    assert done.code == 1
    gif = next(one for one in done.json["formats"] if one["name"] == "GIF")
    assert "levels off" in gif["problem"]


def test_doctor_says_how_to_get_fonts(
    cli: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def boxes(_: str, **options: Any) -> pyvips.Image:
        return pyvips.Image.black(5, 5)

    monkeypatch.setattr(pyvips.Image, "text", boxes)
    done = cli("doctor")
    assert done.code == 0
    assert "fonts           missing  install fontconfig and a font" in done.out


def test_doctor_says_how_to_add_a_part(
    cli: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(checks.EXTRAS, "vision", ("no_such_module",))
    assert "pip install 'worker-image[vision]'" in cli("doctor").out


def test_doctor_knows_every_extra() -> None:
    extras = tomllib.loads(PROJECT.read_text())["project"]["optional-dependencies"]
    assert set(checks.EXTRAS) == set(extras) - {"all"}


def test_health_is_short_and_for_machines(command: Callable[..., Any]) -> None:
    done = command("health", "--json")
    assert done.returncode == 0
    state = json.loads(done.stdout)
    assert state["status"] == "ok"
    assert state["version"] == __version__
    assert {"JPEG", "PNG", "WEBP", "AVIF"} <= set(state["formats"]["read"])
    assert {"JPEG", "PNG", "WEBP", "AVIF"} <= set(state["formats"]["write"])
    assert "JSON" not in state["formats"]["write"]
    assert state["memory"]["resident_bytes"] > 1_000_000
    assert state["cpu_seconds"] > 0


def test_health_for_people_and_with_svg(cli: Callable[..., Any]) -> None:
    assert cli("health").out.startswith("ok, version")
    assert "SVG" in health(svg=True)["formats"]["read"]
    assert "SVG" not in health()["formats"]["read"]


def test_the_doctor_calls_nothing_changed_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    assert checks._changed(Settings()) == {}


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 bytes"), (999, "999 bytes"), (1000, "1.0 kB"), (51_800, "51.8 kB"),
     (623_000, "623 kB"), (999_999, "1.0 MB"), (5e15, "5000 TB")],
)  # fmt: skip
def test_amounts(count: float, text: str) -> None:
    assert amount(count) == text


def test_times_and_changes() -> None:
    assert [duration(one) for one in (0.44, 38.2, 2100)] == ["0.4 ms", "38 ms", "2.1 s"]
    assert [change(100, after) for after in (8, 100, 150)] == [
        "92 % smaller",
        "same size",
        "50 % larger",
    ]
    assert change(0, 5) == "same size"
