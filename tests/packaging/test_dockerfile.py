"""The Dockerfile agrees with the program and the repository; `./run image` builds and tries it."""

from __future__ import annotations

import json
import subprocess
import tomllib
from pathlib import Path

import pytest

from image_worker.settings import PREFIX, Settings
from tests.packaging.dockerfile import Instruction, instructions

ROOT = Path(__file__).parents[2]
ALL = instructions(ROOT / "Dockerfile")
GLIBC = {"MALLOC_ARENA_MAX", "MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_"}
PYTHON = {"PATH", "PYTHONPATH", "PYTHONUNBUFFERED"}


def every(word: str) -> list[Instruction]:
    return [one for one in ALL if one.word == word]


def copied() -> set[str]:
    return {source.rstrip("/") for one in every("COPY") for source in one.copied}


def stages() -> dict[str, list[Instruction]]:
    """Return the instructions of each stage, by its name; the last has none."""
    made: dict[str, list[Instruction]] = {}
    for one in ALL:
        if one.word == "FROM":
            made[one.rest.partition(" AS ")[2]] = []
        list(made.values())[-1].append(one)
    return made


def test_all_stages_begin_with_the_python_that_the_tests_run_or_with_each_other() -> None:
    bases = {one.rest.split()[0] for one in every("FROM")} - set(stages())
    needs = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    assert bases == {"python:3.11-slim-bookworm"}
    assert needs == ">=3.11"


def test_all_that_is_copied_is_there_and_nothing_else_is_sent_to_the_builder() -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    assert {rule[1:] for rule in rules if rule.startswith("!")} == copied()
    assert all((ROOT / source).exists() for source in copied())
    assert set(rules[1 + len(copied()) :]) == {"**/__pycache__", "**/*.pyc"}


def test_every_variable_means_something_to_somebody() -> None:
    ours = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    names = {name for one in every("ENV") for name in one.names}
    assert names <= ours | GLIBC | PYTHON


@pytest.mark.parametrize("name", sorted(GLIBC))
def test_the_allocator_reads_its_variables(name: str) -> None:
    loader = next(path for folder in ("/lib64", "/lib") for path in Path(folder).glob("ld-linux*"))
    tunable = f"glibc.malloc.{name.removeprefix('MALLOC_').rstrip('_').lower()}"
    told = subprocess.run(
        [loader, "--list-tunables"], env={name: "7"}, check=True, capture_output=True, text=True
    ).stdout
    line = next(line for line in told.splitlines() if line.startswith(f"{tunable}:"))
    assert line.split()[1] in {"7", "0x7"}


def test_it_runs_as_nobody_in_particular_and_is_told_to_stop_as_the_worker_understands() -> None:
    assert [one.rest for one in every("USER")] == ["1000"]
    assert ALL.index(every("USER")[0]) < ALL.index(every("CMD")[0])
    assert [one.rest for one in every("STOPSIGNAL")] == ["SIGTERM"]
    assert every("HEALTHCHECK")


def test_commands_start_without_a_shell() -> None:
    assert json.loads(every("CMD")[0].rest) == ["python", "-u", "handler.py"]
    health = every("HEALTHCHECK")[0].rest
    assert json.loads(health.partition(" CMD ")[2]) == ["image-worker", "health"]


def test_whatever_pip_installs_is_pinned_by_hash() -> None:
    installs = [one.rest for one in every("RUN") if "pip" in one.rest.split()]
    assert installs
    for rest in installs:
        assert rest.count("install") == rest.count("--require-hashes")


def test_the_builder_stays_behind() -> None:
    for name, source in (("worker", "builder"), ("vision", "vision-builder")):
        final = stages()[name]
        assert not any("pip" in one.rest.split() for one in final if one.word == "RUN")
        assert any(one.rest.startswith(f"--from={source} /opt/venv") for one in final)


def test_seeing_is_built_only_where_it_is_asked_for_and_tries_its_models() -> None:
    assert [one.rest for one in stages()[""]] == ["worker"]
    assert [one.rest for one in stages()["vision"] if one.word == "RUN"] == [
        "image-worker models verify"
    ]
    plain = (ROOT / "builder/requirements.txt").read_text()
    seeing = (ROOT / "builder/requirements-vision.txt").read_text()
    for name in ("numpy==", "onnxruntime==", "opencv-python-headless==", "rapidocr=="):
        assert name in seeing
        assert name not in plain
