from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pybase64
import pytest
import pyvips

from image_worker.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable

SRC = Path(__file__).parents[2] / "src"


@dataclass(frozen=True)
class Done:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    ramp = pyvips.Image.xyz(120, 80)
    picture = (ramp[0] * 2).bandjoin([ramp[1] * 3, 90]).cast("uchar")
    path = tmp_path / "photo.png"
    picture.copy(interpretation="srgb").pngsave(str(path))
    return path


@pytest.fixture
def job(photo: Path) -> dict[str, Any]:
    return {
        "image": {"base64": pybase64.b64encode_as_string(photo.read_bytes())},
        "operations": [
            {"type": "resize", "params": {"width": 60}},
            {"type": "filter", "params": {"name": "sharpen"}},
            {"type": "adjust", "params": {"brightness": 1.2}},
        ],
        "output": {"format": "JPEG", "quality": 90},
    }


@pytest.fixture
def job_file(tmp_path: Path) -> Callable[[object], str]:
    def write(payload: object) -> str:
        path = tmp_path / "job.json"
        path.write_text(json.dumps(payload))
        return str(path)

    return write


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Callable[..., Done]:
    """The command in this process, for many cases."""

    def run(*arguments: object) -> Done:
        code = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Done(code, captured.out, captured.err)

    return run


@pytest.fixture
def command(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[bytes]]:
    """The command as people call it."""

    def run(
        *arguments: object, stdin: bytes = b"", python: tuple[str, ...] = (), **variables: str
    ) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [sys.executable, *python, "-m", "image_worker", *map(str, arguments)],
            input=stdin,
            capture_output=True,
            check=False,
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(SRC), **variables},
            timeout=60,
        )

    return run
