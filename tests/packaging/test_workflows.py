"""The workflows do what anybody can do with `./run`, and may do no more than that."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from image_worker.cli.group import SUMMARIES

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / ".github" / "workflows").glob("*"))
PINNED = re.compile(r"uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")
WRITES = {("release", "pypi"): {"id-token"}, ("release", "image"): {"packages"}}

each_file = pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])


def read(path: Path) -> dict[str, Any]:
    parsed: dict[str, Any] = YAML(typ="safe").load(path)
    return parsed


def steps(path: Path) -> list[dict[str, Any]]:
    return [step for job in read(path)["jobs"].values() for step in job["steps"]]


def test_there_are_workflows_for_changes_releases_and_the_passing_of_time() -> None:
    assert [path.name for path in FILES] == ["release.yml", "tests.yml", "weekly.yml"]


@each_file
def test_every_command_is_one_of_run(path: Path) -> None:
    script = (ROOT / "run").read_text()
    for step in steps(path):
        if "run" in step:
            words = step["run"].split()
            assert words[0] == "./run"
            command = words[1] if len(words) > 1 else '""'
            assert command in SUMMARIES or re.search(rf"^ +{command}\)", script, re.MULTILINE)


@each_file
def test_every_action_is_pinned_to_a_commit_and_says_which_version_that_is(path: Path) -> None:
    uses = [line.strip(" -") for line in path.read_text().splitlines() if "uses: " in line]
    assert uses
    for line in uses:
        assert PINNED.search(line), line


@each_file
def test_jobs_may_do_only_what_they_must_and_end_in_time(path: Path) -> None:
    workflow = read(path)
    assert workflow["permissions"] == {}
    for name, job in workflow["jobs"].items():
        allowed = {key for key, value in job["permissions"].items() if value == "write"}
        assert allowed == WRITES.get((path.stem, name), set())
        assert 0 < job["timeout-minutes"] <= 90


@each_file
def test_a_checkout_leaves_no_credentials_behind(path: Path) -> None:
    for step in steps(path):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


def test_tests_run_on_every_python_that_the_package_names() -> None:
    tested = read(ROOT / ".github" / "workflows" / "tests.yml")
    pythons = tested["jobs"]["test"]["strategy"]["matrix"]["python"]
    named = re.findall(r'Python :: (3\.\d+)"', (ROOT / "pyproject.toml").read_text())
    assert pythons == named


def test_a_released_image_says_what_is_in_it_and_who_made_it() -> None:
    build = next(
        step["with"]
        for step in steps(ROOT / ".github" / "workflows" / "release.yml")
        if step.get("uses", "").startswith("docker/build-push-action@")
    )
    assert build["platforms"] == "linux/amd64,linux/arm64"
    assert build["sbom"] is True
    assert build["provenance"] == "mode=max"
