"""docs/runpod.md says nothing that the program does not know."""

from __future__ import annotations

import ast
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from image_worker.buckets import bucket_of_job
from image_worker.errors import ImageWorkerError
from image_worker.job import read_job
from image_worker.limits import Limits
from image_worker.settings import PREFIX, Settings, SettingsError

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "runpod.md").read_text()
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LIMITS = Limits()
LINK = re.compile(r"\]\(([^)]+)\)")


def blocks(language: str) -> list[str]:
    return [text for found, text in BLOCK.findall(PAGE) if found == language]


def jobs() -> list[dict[str, Any]]:
    events = [json.loads(text) for text in blocks("json")]
    return [event for event in events if "input" in event]


def codes(kind: type[ImageWorkerError] = ImageWorkerError) -> set[str]:
    return {kind.code}.union(*map(codes, kind.__subclasses__()))


def anchors(text: str) -> set[str]:
    titles = re.findall(r"^## (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("event", jobs(), ids=lambda event: json.dumps(event)[:60])
def test_every_job_is_a_job(event: dict[str, Any]) -> None:
    if event["input"] == {"health": True}:
        return
    for one in event["input"].get("images", [event["input"]]):
        read_job(one, LIMITS)
    bucket_of_job(event.get("s3Config"))


def test_the_job_is_the_same_in_every_language() -> None:
    sent = re.search(r"-d '(.*)'", blocks("sh")[1], re.DOTALL)
    assert sent
    called = next(
        node
        for node in ast.walk(ast.parse(blocks("python")[0]))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "endpoint.run_sync"
    )
    assert json.loads(sent[1]) == ast.literal_eval(called.args[0])


@pytest.mark.parametrize("text", blocks("sh"))
def test_every_shell_command_can_be_read(text: str) -> None:
    subprocess.run(["sh", "-n", "-c", text], check=True)


def test_every_setting_is_a_setting() -> None:
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    named = set(re.findall(rf"{PREFIX}[A-Z_]+", PAGE))
    assert named
    assert named <= known


def test_every_code_is_the_code_of_an_error() -> None:
    first = re.findall(r"^\| ((?:`\w+`(?:, )?)+)(?: for every job)? \|", PAGE, re.MULTILINE)
    named = set(re.findall(r"`([a-z_]+)`", " ".join(first)))
    assert len(named) > 4
    assert named <= codes() | {SettingsError.code}


def test_every_link_leads_somewhere() -> None:
    for target in LINK.findall(PAGE):
        name, _, anchor = target.partition("#")
        text = (ROOT / "docs" / name).read_text() if name else PAGE
        assert not anchor or anchor in anchors(text)


def test_the_presets_it_names_are_those_of_the_hub() -> None:
    listing = json.loads((ROOT / ".runpod" / "hub.json").read_text())
    presets = {preset["name"] for preset in listing["config"]["presets"]}
    assert set(re.findall(r'preset "([^"]+)"', PAGE)) <= presets
