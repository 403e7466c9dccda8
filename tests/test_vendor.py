"""Files that are from elsewhere are as they were published."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

import image_worker
from image_worker import fonts

FOLDERS = (Path(image_worker.__file__).parent, Path(__file__).parent)
LISTS = sorted(path for folder in FOLDERS for path in folder.rglob("vendored.json"))

LICENCES = ("Permission is hereby granted", "Apache License", "Mozilla Public License")

each_list = pytest.mark.parametrize("path", LISTS, ids=[path.parent.name for path in LISTS])


def read(path: Path) -> dict[str, Any]:
    listed: dict[str, Any] = json.loads(path.read_text())
    return listed


def test_there_is_a_list() -> None:
    assert LISTS


@each_list
def test_every_file_has_the_digest_in_the_list(path: Path) -> None:
    for name, digest in read(path)["files"].items():
        assert hashlib.sha256((path.parent / name).read_bytes()).hexdigest() == digest, name


@each_list
def test_every_file_is_in_the_list(path: Path) -> None:
    files = {file.name for file in path.parent.iterdir()} - {path.name}
    assert files == set(read(path)["files"])


@each_list
def test_the_list_says_where_the_files_are_from_and_under_which_licence(path: Path) -> None:
    listed = read(path)
    assert listed["package"]
    assert listed["version"]
    licence = (path.parent / listed["license"]).read_text()
    assert any(words in licence for words in LICENCES)


def test_the_fonts_that_are_used_are_there() -> None:
    assert all(file.is_file() for file in (*fonts.FILES, fonts.CONFIGURATION))
