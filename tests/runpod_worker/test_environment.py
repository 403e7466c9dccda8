"""What is known before anything slow is imported."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest

from image_worker import environment
from image_worker.environment import Early, default_concurrency, early
from image_worker.machine import processors
from image_worker.runpod_worker.payload import inline_bytes
from image_worker.settings import Settings


def test_the_defaults_are_those_of_the_settings() -> None:
    settings, known = Settings(), early({})
    assert known.concurrency == settings.concurrency == max(8, 8 * processors())
    for name in ("stream", "self_test", "svg", "health_port"):
        assert getattr(known, name) == getattr(settings, name), name


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("concurrency", "3", 3),
        ("stream", "1", True),
        ("stream", "True", True),
        ("self_test", "off", False),
        ("svg", "yes", True),
        ("health_port", "8080", 8080),
    ],
)
def test_it_reads_as_the_settings_do(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, wanted: Any
) -> None:
    variables = {f"IMAGE_WORKER_{name.upper()}": value}
    for variable, said in variables.items():
        monkeypatch.setenv(variable, said)
    assert getattr(early(variables), name) == getattr(Settings(), name) == wanted


@pytest.mark.parametrize("value", ["", "many", "-1", "0", "1.5"])
def test_what_is_wrong_stands_for_the_default_until_the_settings_say_so(value: str) -> None:
    assert early({"IMAGE_WORKER_CONCURRENCY": value}).concurrency == default_concurrency()


def test_children_can_be_turned_off() -> None:
    def isolated(value: str) -> Early:
        return early({"IMAGE_WORKER_ISOLATED": value})

    assert not isolated("0").isolated
    assert isolated("1").isolated == (sys.platform == "linux")


def test_a_default_does_not_stand_before_what_somebody_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("RUNPOD_LOG_LEVEL", "DEBUG")
    monkeypatch.delenv("RUNPOD_MIN_MEMORY_GB", raising=False)
    environment.set_defaults(environment.RUNPOD_DEFAULTS)
    assert os.environ["RUNPOD_LOG_LEVEL"] == "DEBUG"
    assert os.environ.pop("RUNPOD_MIN_MEMORY_GB") == "0.5"


@pytest.mark.parametrize(
    ("job", "wanted", "limit"),
    [("abc-u1", None, 9_900_000), ("sync-abc-u1", None, 19_900_000), ("sync-abc", 5, 5)],
)
def test_answers_may_be_as_large_as_runpod_takes(job: str, wanted: Any, limit: int) -> None:
    assert inline_bytes(job, wanted) == limit


def test_starting_imports_nothing_slow() -> None:
    code = (
        "import sys, image_worker.runpod_worker\n"
        "print(*{'pydantic', 'pyvips', 'aiohttp', 'runpod', 'click'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == ""
